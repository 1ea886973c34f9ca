"""What `encode` really writes is what every recorded envelope takes, and no more than it lists."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest

from brickline.contracts import ENVELOPE, Revision, SnapshotFolder
from brickline.contracts.witness.accepts import accepts
from brickline.schemas import BaseEvent, Envelope, Payload, encode

ROOT = Path(__file__).parents[2]
SNAPSHOTS = SnapshotFolder(ROOT / "components/brickline/schemas/snapshots").read()
REVISIONS = [
    pytest.param(each, id=f"revision-{each.number}")
    for each in (SNAPSHOTS[ENVELOPE].revisions if ENVELOPE in SNAPSHOTS else ())
]
# CloudEvents asks for it; readers of this system do not look at it.
UNREAD = {"datacontenttype"}


class Letter(Payload):
    topic: ClassVar[str] = "letter.sent"
    name: str = "é"

    @property
    def subject(self) -> str | None:
        return self.name or None


def written(name: str, **optional: UUID) -> Mapping[str, Any]:
    event = BaseEvent.of(
        Letter(name=name),
        event_id=UUID(int=1),
        trace_id="f" * 32,
        occurred_at=datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=UTC),
        source="s" * 64,
        tenant="t_-9",
        **optional,
    )
    found: dict[str, Any] = json.loads(encode(event))
    return found


MINIMAL = written("")
FULL = written("a letter", job_id=UUID(int=2), causation_id=UUID(int=3))


def test_they_are_the_smallest_and_the_fullest_there_can_be() -> None:
    assert set(FULL) - UNREAD == set(Envelope.model_fields)
    required = {name for name, field in Envelope.model_fields.items() if field.is_required()}
    assert set(MINIMAL) - UNREAD == required


def test_it_is_recorded() -> None:
    assert REVISIONS, "run `brickline contracts accept`"


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("event", [MINIMAL, FULL], ids=["minimal", "full"])
def test_every_recorded_envelope_reads_what_is_written_now(
    event: Mapping[str, Any], revision: Revision
) -> None:
    reader = revision.contract.reader.document
    assert accepts(reader, reader["$defs"], dict(event), "reads")


@pytest.mark.parametrize("event", [MINIMAL, FULL], ids=["minimal", "full"])
def test_what_is_written_now_is_what_the_newest_lists(event: Mapping[str, Any]) -> None:
    writer = SNAPSHOTS[ENVELOPE].newest.contract.writer.document
    listed = {name: value for name, value in event.items() if name not in UNREAD}
    assert accepts(writer, writer["$defs"], listed, "writes")
