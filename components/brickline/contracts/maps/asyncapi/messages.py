"""Each version of a topic that is written or still waits somewhere, as a message."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from brickline.contracts.contract import Schema
from brickline.contracts.maps.asyncapi.draft7 import draft7
from brickline.contracts.maps.asyncapi.envelope import CONTENT_TYPE, message_schema
from brickline.contracts.pipeline import Topic
from brickline.contracts.snapshots import Snapshot


@dataclass(frozen=True)
class Message:
    """One version of a topic's events."""

    topic: Topic
    version: int
    data: Any
    """The schema of the payload."""

    @property
    def name(self) -> str:
        """Its name among all messages."""
        return f"{self.topic.name}.v{self.version}"

    @property
    def key(self) -> str:
        """Its name among the messages of its channel."""
        return f"v{self.version}"

    def drawn(self) -> dict[str, Any]:
        """Return it as AsyncAPI has it."""
        newest = self.version == self.topic.payload.version
        older = "" if newest else " No longer written, but such events may still wait somewhere."
        return {
            "name": self.topic.name,
            "title": f"{self.topic.payload.__name__}, version {self.version}",
            "summary": summary_of(self.topic) + older,
            "contentType": CONTENT_TYPE,
            "correlationId": {
                "description": "The trace that the event belongs to.",
                "location": "$message.payload#/traceparent",
            },
            "payload": message_schema(self.topic.name, self.version, self.data),
        }


def older_messages(
    topic: Topic, recorded: Snapshot | None
) -> Iterator[tuple[Message, Mapping[str, dict[str, Any]]]]:
    """Return each retained version before the newest, with the schemas that it needs, by name."""
    for version in recorded.versions if recorded else ():
        if recorded and version != topic.payload.version:
            prefix = f"{topic.name}.v{version}"
            schema, parts = _recorded(recorded.of_version(version)[-1].contract.writer, prefix)
            yield (
                Message(topic, version, {"$ref": f"#/components/schemas/{prefix}"}),
                {prefix: schema, **parts},
            )


def summary_of(topic: Topic) -> str:
    """Return the first sentence of the payload's docstring, or the topic."""
    return (inspect.cleandoc(topic.payload.__doc__ or "") or topic.name).splitlines()[0]


def _recorded(writer: Schema, prefix: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    document = dict(writer.document)
    parts = document.pop("$defs")
    return (
        _moved(draft7(document), prefix),
        {f"{prefix}.{_safe(name)}": _moved(draft7(parts[name]), prefix) for name in sorted(parts)},
    )


def _moved(node: Any, prefix: str) -> Any:
    """Lead references to where the document has what they refer to."""
    if isinstance(node, list):
        return [_moved(each, prefix) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"#/components/schemas/{prefix}.{_safe(str(value).rpartition('/')[2])}"
        if key == "$ref"
        else _moved(value, prefix)
        for key, value in node.items()
    }


def _safe(name: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)
