"""How a topic names its file."""

import re
from collections.abc import Iterable
from shlex import quote

from brickline.contracts.errors import UnreadableSnapshot

FOLDER = "components/brickline/schemas/snapshots"
"""Where snapshots stand, from the root of the workspace."""
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


def restoring(topics: Iterable[str], source: str = "") -> str:
    """Return what to run at the root of the workspace to have files back, as they are in the last commit.

    `source` stands for another commit.
    """
    of = f" --source {source}" if source else ""
    return f"`git restore{of} {' '.join(quote(f'{FOLDER}/{topic}{SUFFIX}') for topic in topics)}`"


def restored(topic: str, source: str = "") -> str:
    """Return how to have the file of a topic back, and what is to be recorded in it after that."""
    return f"{restoring([topic], source)}, then record your own change: `brickline contracts accept {topic}`"


def is_topic(text: str) -> bool:
    """Whether a text may name a topic and so a file."""
    return len(text) <= _LONGEST and _TOPIC.fullmatch(text) is not None
