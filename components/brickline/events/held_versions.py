"""What a service's tables still hold of one version of a topic, asked before that version is retired."""

import re
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from brickline.events.pauses import paused_groups
from brickline.persistence import Connection, Database, Queries, tables_as_expected
from brickline.schemas import PAYLOADS, UnreadableEvent, peek

_QUERIES = Queries(__package__, "held_versions.sql")
_TOPICS = [payload.topic for payload in PAYLOADS]
_EXAMPLES = 5
_HEAD_BYTES = 2048
_HEADS_AT_ONCE = 2_000
_BODIES_AT_ONCE = 50  # of up to two megabytes each
# How `encode` begins an event: the version stands before anything that a payload could say. A quote in a text
# would stand behind a backslash, so that none of these names can be one in a text.
_OURS = re.compile(
    rb'\{"specversion":"1\.0","id":"[^"\\]+","type":"([^"\\]+)","source":"[^"\\]+","time":"[^"\\]+",'
    rb'"datacontenttype":"application/json","dataschema":"urn:brickline:schema:\1:([1-9][0-9]{0,5})"'
)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Events of one version of a topic that one service would read again; a broker's queues are not in it."""

    outbox: int
    """To be sent: for the first time, again to one group, or replayed."""
    dead_letters: int
    """Given up, and neither replayed nor discarded."""
    examples: tuple[UUID, ...]
    """The ids of some of these events."""
    pauses: int = 0
    """Groups paused until a release reads such an event, of which they keep one as a sample."""
    unreadable: int = 0
    """Rows of the topic, and letters of none that there is, whose bytes are no event: nobody can tell."""

    @property
    def nothing(self) -> bool:
        """Whether there is no event of that version, nor anything that might be one."""
        return not (self.outbox or self.dead_letters or self.pauses or self.unreadable)


async def holdings(database: Database, topic: str, version: int) -> Holdings:
    """Count what one service's schema holds of a version of a topic, as of one moment.

    Replayed and discarded letters are history, which nothing reads again. Raises `MigrationError` for tables
    that are older than this release, and what the database raises.
    """
    count = _Count(topic, version)
    with tables_as_expected(database.schema):
        async with (
            database.connection() as connection,
            # As of one moment: else what goes from one table to the other meanwhile could be seen in neither.
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await count.rows(connection)
            for pause in await paused_groups(connection):
                count.pauses += _version_of(pause.sample, topic) == version
    return count.result()


@dataclass
class _Count:
    """What was found so far."""

    topic: str
    version: int
    pauses: int = 0
    unreadable: int = 0
    found: Counter[str] = field(default_factory=Counter)
    examples: list[UUID] = field(default_factory=list)

    def result(self) -> Holdings:
        outbox, dead_letters = self.found["outbox"], self.found["dead_letters"]
        return Holdings(outbox, dead_letters, tuple(self.examples), self.pauses, self.unreadable)

    async def rows(self, connection: Connection) -> None:
        """Look at the beginnings of all rows, and then at all of those whose beginning does not tell."""
        left: dict[str, list[str]] = {"outbox": [], "dead_letters": []}
        heads = (self.topic, _TOPICS, _HEAD_BYTES)
        async for row in connection.cursor(_QUERIES["heads"], *heads, prefetch=_HEADS_AT_ONCE):
            if row["whole"] or _OURS.match(row["head"]):
                self._add(row["place"], row["event_id"], _version_of(row["head"], self.topic))
            else:
                left[row["place"]].append(row["key"])
        async for row in connection.cursor(_QUERIES["bodies"], *left.values(), prefetch=_BODIES_AT_ONCE):
            self._add(row["place"], row["event_id"], _version_of(row["body"], self.topic))

    def _add(self, place: str, event_id: UUID, version: int | None) -> None:
        if version is None:
            self.unreadable += 1
        elif version == self.version:
            self.found[place] += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(event_id)


def _version_of(body: bytes, topic: str) -> int | None:
    """Return the version that an event of the topic has, 0 for one of another topic, None for no event."""
    if match := _OURS.match(body):
        written, version = match[1].decode(errors="replace"), int(match[2])
    else:
        try:
            envelope = peek(body)
        except UnreadableEvent:
            return None
        written, version = envelope.type, envelope.dataschema
    return version if written == topic else 0
