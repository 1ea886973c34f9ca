"""Every event is delivered again after it was handled: no model is asked a second time."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from brickline.budget import Ledger, State
from brickline.events import Message
from brickline.persistence import Database
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_worker import SERVICE, analysis
from brickline.schemas import ROUTES, BaseEvent, DataProcessed, encode
from brickline.telemetry import Health
from brickline_dev.counting_server import SpawnedServer, spawned
from support.waiting import eventually

EVENTS = int(os.environ.get("BRICKLINE_TEST_EVENTS", "700"))
"""The founding incident had 14,000."""
PATIENCE_S = 120 + EVENTS / 20
_AT_ONCE = 200
_MODELS = """
[[models]]
name = "small"
provider = "openai_compatible"
model = "small-1"
base_url = "{url}"
input_usd_per_mtok = 1
output_usd_per_mtok = 2
context_tokens = 128000
"""


@pytest.fixture
async def server() -> AsyncIterator[SpawnedServer]:
    async with spawned(input_price=Decimal(1), output_price=Decimal(2)) as server:
        yield server


def documents() -> list[Message]:
    made = []
    for number in range(EVENTS):
        content = f"The pumps of station {number} failed on Tuesday. Repairs cost {number} dollars."
        event = BaseEvent[DataProcessed].of(
            DataProcessed(document_id=uuid7(), title=f"Station {number}", content=content),
            event_id=uuid7(),
            trace_id="5" * 32,
            occurred_at=datetime.now(UTC),
            source="ingestion",
            tenant="acme",
        )
        made.append(Message(encode(event), event.topic, event.event_id))
    return made


async def deliver(bus: RabbitBus, messages: Sequence[Message]) -> None:
    for start in range(0, len(messages), _AT_ONCE):
        await asyncio.gather(*(bus.publish(message) for message in messages[start : start + _AT_ONCE]))


async def test_all_events_delivered_again_make_not_one_call_more(
    database_url: str, rabbitmq_url: str, topology_prefix: str, server: SpawnedServer, tmp_path: Path
) -> None:
    models_file = tmp_path / "models.toml"
    models_file.write_text(_MODELS.format(url=server.base_url))
    messages = documents()
    async with (
        Database.connect(database_url, schema=SERVICE.name) as database,
        RabbitBus.connect(rabbitmq_url, routes=ROUTES, prefix=topology_prefix) as bus,
        analysis(database, bus, Health(SERVICE.name), models_file),
    ):

        async def inbox(column: str) -> int:
            async with database.connection() as connection:
                found = await connection.fetchval(f"select {column} from inbox where group_id = 'analysis'")
            return int(found or 0)

        async def settled() -> bool:
            return await inbox("count(*)") == EVENTS

        async def skipped() -> bool:
            return await inbox("sum(duplicates)") == EVENTS

        await deliver(bus, messages)
        await eventually(settled, PATIENCE_S, every_s=0.2)
        first = await server.totals()
        await deliver(bus, messages)
        await eventually(skipped, PATIENCE_S, every_s=0.2)

        totals = await server.totals()
        assert (first.calls, totals.calls, totals.repeated) == (EVENTS, EVENTS, 0)
        (paid,) = await Ledger(database).totals(datetime(2026, 1, 1, tzinfo=UTC))
        assert (paid.state, paid.entries) == (State.SETTLED, EVENTS)
        assert paid.cost_micros >= totals.billed_micros
