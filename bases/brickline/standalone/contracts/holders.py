"""Who may still hold an event of a version of a topic."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brickline.contracts import ContractError, Pipeline
from brickline.embedded import EmbeddedError
from brickline.events import UNROUTED, BusError, Holdings, announced, has_traces, holdings
from brickline.persistence import Database, PersistenceError, tables_as_expected
from brickline.rabbit_bus import queued
from brickline.settings import RabbitSettings, load_settings
from brickline.standalone.data_folder import DEFAULT_DATA
from brickline.standalone.operator_database import service_databases

_DATABASE, _BROKER = "BRICKLINE_DATABASE_URL", "BRICKLINE_RABBITMQ_URL"


class Unknowable(ContractError):
    """Raised where a place cannot be looked into that may hold such events: then nothing is given up."""


@dataclass(frozen=True, slots=True)
class Where:
    """A deployment."""

    data: Path | None
    database_url: str | None
    rabbitmq_url: str | None

    @property
    def has_a_broker(self) -> bool:
        """Whether events wait in RabbitMQ, too: only the standalone, known by its directory, has none."""
        return self.database_url is not None or (self.data is None and bool(os.environ.get(_DATABASE)))

    @property
    def database(self) -> str:
        """Name the database: the standalone's by its directory, another by how it was given."""
        if self.database_url is not None:
            return "the database of --database-url"
        if self.has_a_broker:
            return f"the database of {_DATABASE}"
        return f"the database in {self.data or DEFAULT_DATA}"


@dataclass(frozen=True, slots=True)
class Holders:
    """What was found."""

    stored: Mapping[str, Holdings]
    """By service."""
    writers: tuple[str, ...]
    """Live instances that write the topic at this version, or at another than the newest."""
    queues: Mapping[str, int]
    """Messages by consumer group that may read the topic: of which version cannot be seen from outside."""
    unheard_of: bool = False
    """Whether no table remembers any event of the topic: then this may be the wrong place."""

    @property
    def none(self) -> bool:
        """Whether nothing may hold one."""
        nothing_stored = all(held.nothing for held in self.stored.values())
        return nothing_stored and not self.writers and not any(self.queues.values())

    def as_json(self, topic: str, version: int) -> dict[str, object]:
        """Return it for programs."""
        return {
            "topic": topic,
            "version": version,
            "retired": self.none,
            "stored": {
                service: {
                    "outbox": held.outbox,
                    "dead_letters": held.dead_letters,
                    "pauses": held.pauses,
                    "unreadable": held.unreadable,
                    "examples": [str(each) for each in held.examples],
                }
                for service, held in self.stored.items()
            },
            "writers": list(self.writers),
            "queues": dict(self.queues),
            "unheard_of": self.unheard_of,
        }


async def holders_of(pipeline: Pipeline, where: Where, topic: str, version: int) -> Holders:
    """Look into every service's tables, at what live ones write, and into the queues. Raises `Unknowable`."""
    broker, groups, found = _broker_url(where), _queues(pipeline, topic), pipeline.topic(topic)
    try:
        # The queues before the tables and after them: what moves between the two meanwhile is seen.
        before = {} if broker is None else await queued(broker, groups)
        newest = None if found is None else found.payload.version
        async with service_databases(where.data, where.database_url) as databases:
            _require_all(pipeline, databases)
            stored: dict[str, Holdings] = {}
            writers: list[str] = []
            unheard_of = True
            for service, database in databases.items():
                with tables_as_expected(service):
                    stored[service] = await holdings(database, topic, version)
                    writers += await _writers(database, topic, version, newest)
                    unheard_of = unheard_of and not await has_traces(database, topic)
        after = {} if broker is None else await queued(broker, groups)
    except (PersistenceError, EmbeddedError, BusError) as error:
        raise Unknowable(f"what still holds {topic!r} version {version} cannot be known: {error}") from error
    queues = {group: max(waiting, after[group]) for group, waiting in before.items()}
    return Holders(stored, tuple(sorted(set(writers))), queues, unheard_of)


def _broker_url(where: Where) -> str | None:
    if where.rabbitmq_url is not None:
        return where.rabbitmq_url
    if not where.has_a_broker:
        return None
    if not os.environ.get(_BROKER):
        raise Unknowable(
            "events may wait in RabbitMQ, and where that is was not said: give --rabbitmq-url or set "
            f"{_BROKER}"
        )
    return load_settings(RabbitSettings).rabbitmq_url.get_secret_value()


def _require_all(pipeline: Pipeline, databases: Mapping[str, Database]) -> None:
    """Any service may keep a dead letter of any topic it reads; one that is not here cannot be asked."""
    names = {deployed.service.name for deployed in pipeline.services}
    if missing := sorted(names - databases.keys()):
        raise Unknowable(
            f"the database has no schema of {', '.join(missing)}: name the database of all services, or "
            "start that service once"
        )


def _queues(pipeline: Pipeline, topic: str) -> tuple[str, ...]:
    """Return whose queues may hold events of the topic: of one that the code no longer has, any group's."""
    found = pipeline.topic(topic)
    if found is None:
        groups = {group.group_id for each in pipeline.services for group in each.service.consumers}
    else:
        groups = {party.group_id for party in found.readers if party.group_id}
    return (*sorted(groups), UNROUTED)


async def _writers(database: Database, topic: str, version: int, newest: int | None) -> list[str]:
    """Name who writes the topic as of an older release; all, where the code has the topic no longer.

    What such a process publishes may be in a consumer's hands, where nobody sees it.
    """
    return [
        f"{each.service} {each.release} (instance {each.instance}) writes version {written}"
        for each in await announced(database)
        for told in each.writes
        for written in told.versions
        if told.topic == topic and (newest is None or written == version or written < newest)
    ]
