"""The trace of one request through every service, put together from the tables of each."""

from collections.abc import Iterator, Mapping, Sequence

from brickline.events.timeline_steps import (
    AttemptFailed,
    DeadLettered,
    Discarded,
    Published,
    Replayed,
    Settled,
    TimelineStep,
    Waiting,
)
from brickline.persistence import Database, Queries, tables_as_expected

_QUERIES = Queries(__package__, "timeline.sql")

# Read in this order: an event that leaves the outbox meanwhile is then seen twice rather than never.
_KINDS: Mapping[str, type[TimelineStep]] = {
    "waiting": Waiting,
    "published": Published,
    "attempt_failed": AttemptFailed,
    "dead_lettered": DeadLettered,
    "replayed": Replayed,
    "discarded": Discarded,
    "settled": Settled,
}
# One transaction gives all that it writes the same time; this is the order in which that came about.
_ORDER = [Settled, AttemptFailed, DeadLettered, Discarded, Replayed, Published, Waiting]


async def read_timeline(databases: Mapping[str, Database], trace_id: str) -> list[TimelineStep]:
    """Return what the services, given by their names, know of a trace (32 hex digits), in the order of time.

    What waits comes last. An event that no outbox holds and no group has handled yet is in a queue of the
    broker or in a handler's hands: no table tells of it. Raises `MigrationError` for tables that are older
    than this version.
    """
    steps = [step for name, database in databases.items() for step in await _read(name, database, trace_id)]
    return sorted(_each_publication_once(steps), key=_place)


def _place(step: TimelineStep) -> tuple[bool, float, int]:
    return isinstance(step, Waiting), step.at.timestamp(), _ORDER.index(type(step))


def _each_publication_once(steps: Sequence[TimelineStep]) -> Iterator[TimelineStep]:
    """Drop repetitions: every group that handled an event tells of its publication."""
    published = set()
    for step in steps:
        if isinstance(step, Published):
            if step.event_id in published:
                continue
            published.add(step.event_id)
        yield step


async def _read(service: str, database: Database, trace_id: str) -> list[TimelineStep]:
    with tables_as_expected(service):
        async with database.connection() as connection:
            return [
                kind.model_validate({"service": service, **row})
                for query, kind in _KINDS.items()
                for row in await connection.fetch(_QUERIES[query], trace_id)
            ]
