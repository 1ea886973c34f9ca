"""Whatever comes, every event has one end, and a good one is handled after it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brickline.events import (
    BatchConsumer,
    BatchContext,
    Consumer,
    ConsumerGroup,
    ContractLimits,
    EventContext,
    RetryPolicy,
)
from brickline.schemas import BaseEvent, SchemaError, peek
from support.buses import memory_bus, rabbit_bus
from support.databases import fresh_database
from support.fuzz import attempts, bodies, claimed_ids, headers, made_new, properties, topics
from support.graveyard import mourner
from support.shop import QUICKLY, Ordered, Shop, open_shop, settle
from support.stranger import stranger_at

_NEVER = ContractLimits(in_a_row=10**9, share=2.0)
"""All bad events come one after the other here; that pauses a group elsewhere."""

T = TypeVar("T")
Identity = UUID | bytes
Message = tuple[bytes, str, str | None, int]


class OneByOne(Consumer[Ordered]):
    """Leaves a mark for each order, one at a time; some numbers are too large for the table."""

    group_id = "orders"
    retry: ClassVar[RetryPolicy] = QUICKLY
    contract_limits: ClassVar[ContractLimits] = _NEVER
    concurrency = 2

    async def process_message(self, event: Ordered, context: EventContext) -> None:
        await settle(event, context)


class Together(BatchConsumer[Ordered]):
    """The same in batches."""

    group_id = "orders"
    retry: ClassVar[RetryPolicy] = QUICKLY
    contract_limits: ClassVar[ContractLimits] = _NEVER
    batch_size = 7

    async def process_batch(self, events: Sequence[BaseEvent[Ordered]], context: BatchContext) -> None:
        async with context.transaction() as tx:
            for event in events:
                await tx.connection.execute(
                    "insert into effects values ($1, 'orders', $2)", event.event_id, event.payload.number
                )


class Accounts:
    """What was sent, and what became of it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._sent: set[Identity] = set()
        self._batches = 0

    def anew(self, bodies: Iterable[bytes]) -> list[bytes]:
        """Give a batch ids that no batch before had: else most of it would soon be duplicates."""
        self._batches += 1
        return [made_new(body, self._batches) for body in bodies]

    def anew_id(self, claimed: str) -> str:
        """Turn an id into one of the same batch."""
        return made_new(claimed.encode(), self._batches).decode()

    async def are_settled(self, sent: Iterable[bytes]) -> None:
        """Send a good order after it, and wait for the end of all; each event, and each garbage, has one."""
        good = await self._shop.order(1)  # wakes the relay too
        self._sent |= {*good, *map(identity, sent)}
        await self._shop.until_settled(len(self._sent))
        ends = await self._shop.rows(
            "select event_id, null as body from effects union all select event_id, body from dead_letters"
        )
        seen = [row["event_id"] if row["body"] is None else identity(row["body"]) for row in ends]
        assert sorted(map(str, seen)) == sorted(map(str, self._sent))


def identity(body: bytes) -> Identity:
    """An event is known by its id, anything else by its bytes."""
    try:
        return peek(body).id
    except SchemaError:
        return body


@asynccontextmanager
async def shop_with_stranger(
    server: str, kind: type[ConsumerGroup[Ordered]], broker_url: str | None, prefix: str
) -> AsyncIterator[tuple[Shop, Any]]:
    consumers: Any = (kind(), mourner())
    async with AsyncExitStack() as opened:
        dsn = await opened.enter_async_context(fresh_database(server))
        bus = await opened.enter_async_context(rabbit_bus(broker_url, prefix)) if broker_url else memory_bus()
        shop = await opened.enter_async_context(open_shop(dsn, bus))
        await opened.enter_async_context(shop.running(*consumers))
        yield shop, await opened.enter_async_context(stranger_at(broker_url, prefix, shop))


@contextmanager
def kept_open(context: AbstractAsyncContextManager[T]) -> Iterator[tuple[asyncio.Runner, T]]:
    """Keep it open on a loop of its own: Hypothesis calls plain functions."""
    with asyncio.Runner() as runner:
        opened = runner.run(context.__aenter__())
        try:
            yield runner, opened
        finally:
            runner.run(context.__aexit__(None, None, None))


def calmly(examples: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def assert_nothing_unforeseen(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing had to be tried again, and no task ended, because the machinery itself failed."""
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    caplog.clear()


@pytest.mark.parametrize("kind", [OneByOne, Together])
def test_fuzzed_bytes_in_process_have_one_end_each(
    postgres_server: str, caplog: pytest.LogCaptureFixture, kind: type[ConsumerGroup[Ordered]]
) -> None:
    caplog.set_level(logging.WARNING)
    with kept_open(shop_with_stranger(postgres_server, kind, None, "")) as (runner, (shop, stranger)):
        accounts = Accounts(shop)

        async def send_and_settle(messages: Sequence[Message]) -> None:
            sent = accounts.anew(body for body, *_ in messages)
            for body, (_, topic, claimed, attempt) in zip(sent, messages, strict=True):
                event_id = UUID(accounts.anew_id(claimed)) if claimed else None
                await stranger.send(body, topic=topic, event_id=event_id, attempt=attempt)
            await accounts.are_settled(sent)
            assert_nothing_unforeseen(caplog)

        @calmly(50)
        @given(st.lists(st.tuples(bodies, topics, claimed_ids, attempts), min_size=3, max_size=12))
        def check(messages: list[Message]) -> None:
            runner.run(send_and_settle(messages))

        check()


def test_fuzzed_bytes_headers_and_properties_over_rabbitmq_have_one_end_each(
    postgres_server: str, rabbitmq_url: str, topology_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    world = shop_with_stranger(postgres_server, OneByOne, rabbitmq_url, topology_prefix)
    with kept_open(world) as (runner, (shop, stranger)):
        accounts = Accounts(shop)

        async def send_and_settle(messages: Sequence[tuple[bytes, dict[str, Any], dict[str, Any]]]) -> None:
            sent = accounts.anew(body for body, _, _ in messages)
            for body, (_, forged, others) in zip(sent, messages, strict=True):
                await stranger.send_raw(body, headers=forged, **others)
            await accounts.are_settled(sent)
            assert_nothing_unforeseen(caplog)

        @calmly(25)
        @given(st.lists(st.tuples(bodies, headers, properties), min_size=3, max_size=12))
        def check(messages: list[tuple[bytes, dict[str, Any], dict[str, Any]]]) -> None:
            runner.run(send_and_settle(messages))

        check()
