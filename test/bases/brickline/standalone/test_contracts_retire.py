"""A version is retired only where nothing can hold an event of it, and only once that is known."""

import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from uuid import UUID, uuid4

import aio_pika
import pytest

from brickline.contracts import Deployed, Pipeline
from brickline.embedded import EmbeddedPostgres
from brickline.events import MIGRATIONS, UNRELEASED, Announced, Announcement, Consumer, EventContext, Service
from brickline.persistence import Database
from brickline.schemas import PAYLOADS, BaseEvent, DataProcessed, Payload, Upcaster, encode
from brickline.standalone.contracts.held import held_by, looked_into
from brickline.standalone.contracts.holders import Holders, Unknowable, Where, holders_of
from brickline.standalone.contracts.workspace import pipeline_of
from support.databases import migrated
from support.incident import rename_in_a_new_version
from support.workspace_copy import PAYLOADS as PAYLOADS_FILE
from support.workspace_copy import ROOT, SNAPSHOTS, WorkspaceCopy, copy_of_this_workspace

SERVICES = ("ingestion", "analysis", "reporting")
TOPIC = DataProcessed.topic


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BRICKLINE_DATABASE_URL", "BRICKLINE_RABBITMQ_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[dict[str, Database]]:
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(migrated(database_url, name, MIGRATIONS, pool_size=1))
            for name in SERVICES
        }


@pytest.fixture
def broker(rabbitmq_url: str) -> tuple[str, str]:
    """A broker's URL, and a group that nobody else has."""
    return rabbitmq_url, f"retire-{uuid4().hex[:12]}"


def body() -> tuple[UUID, bytes]:
    event = BaseEvent[DataProcessed].of(
        DataProcessed(document_id=uuid4(), title="t", content="c"),
        event_id=uuid4(),
        trace_id="ab" * 16,
        occurred_at=datetime.now(UTC),
        source="ingestion",
        tenant="acme",
    )
    return event.event_id, encode(event)


async def put_in_outbox(database: Database) -> UUID:
    event_id, encoded = body()
    async with database.connection() as connection:
        await connection.execute(
            "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
            "values ($1, $2, 'acme', '', 1, $3)",
            event_id,
            TOPIC,
            encoded,
        )
    return event_id


async def put_in_letters(database: Database) -> UUID:
    event_id, encoded = body()
    async with database.connection() as connection:
        await connection.execute(
            "insert into dead_letters (dead_letter_id, event_id, group_id, topic, tenant, reason, error, "
            "fingerprint, attempts, body) values ($1, $1, 'analysis', $2, 'acme', '', '', '', 1, $3)",
            event_id,
            TOPIC,
            encoded,
        )
    return event_id


class Third(Payload):
    """A release in which the topic's third version is the newest."""

    topic: ClassVar[str] = TOPIC
    version: ClassVar[int] = 3
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: lambda data: data, 2: lambda data: data}


THIRD = Pipeline([Deployed(Service("ingestion", 0, publishes=(Third,)), ("here",))], [Third])


async def announce(database: Database, version: int) -> None:
    announcement = Announcement(
        service="ingestion",
        instance=uuid4(),
        release="r1",
        deployment=UNRELEASED.deployment,
        at=datetime.now(UTC),
        reads=(),
        writes=(Announced(TOPIC, (version,), "ab" * 8),),
    )
    async with database.connection() as connection:
        await connection.execute(
            "insert into announcements (instance, announcement) values ($1, $2)",
            announcement.instance,
            announcement.model_dump_json(),
        )


async def found(
    database_url: str, rabbitmq_url: str, version: int = 1, pipeline: Pipeline | None = None
) -> Holders:
    where = Where(None, database_url, rabbitmq_url)
    return await holders_of(pipeline or pipeline_of(ROOT), where, TOPIC, version)


async def test_what_is_stored_anywhere_holds_it_with_examples(
    database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    waiting = await put_in_outbox(databases["ingestion"])
    dead = await put_in_letters(databases["analysis"])
    holders = await found(database_url, rabbitmq_url)
    assert not holders.none
    said = list(held_by(holders))
    assert any("1 event in the outbox of ingestion" in each and str(waiting) in each for each in said)
    assert any("1 dead letter of analysis" in each and str(dead) in each for each in said)
    assert holders.as_json(TOPIC, 1)["retired"] is False


async def test_a_live_instance_that_still_writes_it_holds_it(
    database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    await announce(databases["ingestion"], 1)
    holders = await found(database_url, rabbitmq_url)
    (writer,) = holders.writers
    assert writer.startswith("ingestion r1 (instance ")
    assert not holders.none
    assert not (await found(database_url, rabbitmq_url, version=2)).writers


@pytest.mark.parametrize(("written", "holds"), [(1, True), (2, True), (3, False), (4, False)])
async def test_a_live_instance_that_writes_less_than_the_newest_version_may_have_it_in_hand(
    written: int, holds: bool, database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    await announce(databases["ingestion"], written)
    holders = await found(database_url, rabbitmq_url, pipeline=THIRD)
    assert holders.none is not holds
    said = [each for each in held_by(holders) if f"writes version {written} and is live" in each]
    assert len(said) == holds


async def test_where_the_topic_is_gone_from_the_code_whoever_writes_it_holds_it(
    database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    await announce(databases["ingestion"], 2)
    without = Pipeline([Deployed(Service("ingestion", 0), ("here",))], [])
    assert len((await found(database_url, rabbitmq_url, pipeline=without)).writers) == 1


async def test_a_place_where_no_event_of_the_topic_ever_was_is_told_from_one_where_they_are_done_with(
    database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    assert (await found(database_url, rabbitmq_url, pipeline=THIRD)).unheard_of
    async with databases["analysis"].connection() as connection:
        await connection.execute(
            "insert into inbox (group_id, event_id, topic) values ('analysis', $1, $2)", uuid4(), TOPIC
        )
    holders = await found(database_url, rabbitmq_url, pipeline=THIRD)
    assert (holders.unheard_of, holders.none) == (False, True)


async def test_what_was_looked_into_is_named_and_no_password(
    database_url: str, databases: dict[str, Database], rabbitmq_url: str
) -> None:
    holders = await found(database_url, rabbitmq_url)
    said = looked_into(holders, Where(None, database_url, rabbitmq_url))
    assert said.startswith(
        "Looked into the tables of ingestion, analysis, reporting (the database of --database-url) and the "
        "queues of "
    )
    assert said.endswith("unrouted.")
    assert all(group in said for group in holders.queues)


async def test_what_waits_in_a_readers_queue_may_be_of_it(
    database_url: str, databases: dict[str, Database], broker: tuple[str, str]
) -> None:
    url, group = broker

    class Probe(Consumer[DataProcessed]):
        group_id = group

        async def process_message(self, event: DataProcessed, context: EventContext) -> None: ...

    services = [Deployed(Service(name, 0, consumers=(Probe,)), ("here",)) for name in SERVICES[:1]]
    pipeline = Pipeline(services, PAYLOADS)
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        queue = await channel.declare_queue(f"brickline.{group}", durable=True)
        try:
            for _ in range(2):
                await channel.default_exchange.publish(aio_pika.Message(b"{}"), queue.name)
            holders = await found(database_url, url, pipeline=pipeline)
        finally:
            await queue.delete(if_unused=False, if_empty=False)
    assert holders.queues[group] == 2
    assert not holders.none
    assert any(f"2 messages in the queues of {group}" in each for each in held_by(holders))


async def test_what_cannot_be_looked_into_is_not_taken_to_be_empty(
    database_url: str, databases: dict[str, Database]
) -> None:
    with pytest.raises(Unknowable, match="BRICKLINE_RABBITMQ_URL"):
        await holders_of(pipeline_of(ROOT), Where(None, database_url, None), TOPIC, 1)
    with pytest.raises(Unknowable, match="cannot be known"):
        await found(database_url, "amqp://guest:guest@127.0.0.1:1/")


async def test_a_service_whose_tables_are_elsewhere_is_missed(database_url: str, rabbitmq_url: str) -> None:
    async with migrated(database_url, "ingestion", MIGRATIONS, pool_size=1):
        with pytest.raises(Unknowable, match="no schema of analysis, reporting"):
            await found(database_url, rabbitmq_url)


async def test_a_version_is_kept_while_it_is_held_and_given_up_after_that(tmp_path: Path) -> None:
    workspace = copy_of_this_workspace(tmp_path / "workspace")
    rename_in_a_new_version(workspace)
    assert workspace.brickline("contracts", "accept").returncode == 0
    snapshot = workspace.root / SNAPSHOTS / f"{TOPIC}.json"
    recorded = snapshot.read_bytes()
    # Not below pytest's own folder: an account of its own has to reach the database.
    with TemporaryDirectory(prefix="brickline-test-") as folder:
        async with EmbeddedPostgres(Path(folder) / "postgres") as server, AsyncExitStack() as stack:
            databases = [
                await stack.enter_async_context(migrated(server.dsn, name, MIGRATIONS, pool_size=1))
                for name in SERVICES
            ]
            await put_in_outbox(databases[0])
            held = retire(workspace, folder)
            assert (held.returncode, held.stderr) == (1, "")
            assert "1 event in the outbox of ingestion" in held.stdout
            assert snapshot.read_bytes() == recorded

            async with databases[0].connection() as connection:
                await connection.execute("delete from outbox")
            retired = retire(workspace, folder)
            assert (retired.returncode, retired.stderr) == (0, "")
            assert "nobody writes it" in snapshot.read_text("utf-8")
            for sentence in (
                "What a consumer has in hand no queue shows: events of it that turn up later become dead",
                f"the tables of ingestion, analysis, reporting (the database in {folder}); no broker",
                f"Warning: no event of {TOPIC} was ever read there.",
            ):
                assert sentence in retired.stdout
            assert (
                "'data.processed' version 1 cannot be retired: that was done on"
                in retire(workspace, folder).stderr
            )
    workspace.replace(PAYLOADS_FILE, ("= {1: _with_text}", "= {}"))
    workspace.brickline("contracts", "graph", "--update")
    assert workspace.brickline("contracts", "check").returncode == 0


def retire(workspace: WorkspaceCopy, data: str) -> subprocess.CompletedProcess[str]:
    return workspace.brickline("contracts", "retire", TOPIC, "1", "--why", "nobody writes it", "--data", data)
