"""Counting events that came again, and telling apart from them two events that came under one id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from brickline.events.trail import Trail
from brickline.persistence import Connection, Queries
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_QUERIES = Queries(__package__, "duplicates.sql")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An event that a group skips because it has settled its id before."""

    event_id: UUID
    trail: Trail | None
    """None for bytes that hold no event."""


async def tell_duplicates(connection: Connection, group_id: str, duplicates: Sequence[Duplicate]) -> None:
    """Count and log each event that is skipped, with a warning where the id was settled for another event.

    The usual duplicate is one event sent twice, whose effect is committed: nothing is lost. An id used again
    is a producer's mistake, by which an event has no effect here. The inbox does not keep bodies: where an
    event came from and when is what tells one from another.
    """
    if not duplicates:
        return
    ids = [duplicate.event_id for duplicate in duplicates]
    rows = await connection.fetch(_QUERIES["count_duplicates"], group_id, ids)
    settled = {row["event_id"]: row for row in rows if row["trace_id"] is not None}
    for duplicate in duplicates:
        _tell(group_id, duplicate, settled.get(duplicate.event_id))


async def read_duplicates(connection: Connection, group_id: str, since: datetime) -> dict[UUID, int]:
    """Return how often events came again that the group settled at `since` or later, and no others."""
    rows = await connection.fetch(_QUERIES["read_duplicates"], group_id, since)
    return {row["event_id"]: row["duplicates"] for row in rows}


def _tell(group_id: str, duplicate: Duplicate, settled: asyncpg.Record | None) -> None:
    trail, event_id = duplicate.trail, str(duplicate.event_id)
    differences = _differences(trail, settled) if trail and settled else ()
    if trail and differences:
        _log.warning(
            "event.id_reused",
            group=group_id,
            event_id=event_id,
            trace_id=trail.trace_id,
            topic=trail.topic,
            source=trail.source,
            differs_in=differences,
        )
    else:
        _log.info("event.duplicate_skipped", group=group_id, event_id=event_id)


def _differences(trail: Trail, settled: asyncpg.Record) -> tuple[str, ...]:
    """Return what of the event is not as it was settled."""
    compared = (
        ("trace_id", trail.trace_id, settled["trace_id"].replace("-", "")),
        ("topic", trail.topic, settled["topic"]),
        ("source", trail.source, settled["source"]),
        ("published_at", trail.published_at, settled["published_at"]),
    )
    return tuple(name for name, of_event, of_settled in compared if of_event != of_settled)
