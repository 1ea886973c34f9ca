"""How a topic names its file."""

import re

from brickline.contracts.errors import UnreadableSnapshot

SUFFIX = ".json"
# What a payload's topic may be; no file system changes a letter of it, or takes two of them for one.
_TOPIC = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_LONGEST = 128


def file_name(topic: str) -> str:
    """Return the name of a topic's file. Raises `UnreadableSnapshot` for what names no file."""
    if not is_topic(topic):
        raise UnreadableSnapshot(
            f"the topic {topic[:200]!r} cannot name a file: call it something of lower-case letters, digits "
            f"and underscores, joined by dots, of at most {_LONGEST} characters"
        )
    return topic + SUFFIX


def is_topic(text: str) -> bool:
    """Whether a text may name a topic and so a file."""
    return len(text) <= _LONGEST and _TOPIC.fullmatch(text) is not None
