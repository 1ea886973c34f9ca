"""Notices over a broker that comes and goes, and beside the events, which they never disturb."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from os import environ
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity

from brickline.events import MIGRATIONS, BusUnavailable, Pace, Subscription, TopologyMismatch, announced
from brickline.persistence import Database
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.wire import Wire
from support.buses import rabbit_bus
from support.databases import migrated
from support.shop import Ordered, message_of
from support.skewed_shop import NEW_WRITER, OLD_READER, OVER, QUICK, SKEW, is_calm, running, warns
from support.waiting import eventually

TEST_ROOT = Path(__file__).parents[3]


async def hears(bus: RabbitBus, notices: AsyncIterator[bytes]) -> None:
    """Return once what is told is heard; what is told meanwhile may be lost."""

    async def tell() -> None:
        while True:
            with suppress(BusUnavailable):
                await bus.tell(b"hello")
            await asyncio.sleep(0.1)

    telling = asyncio.create_task(tell())
    try:
        async with asyncio.timeout(30):
            assert await anext(notices) == b"hello"
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def test_after_a_cut_notices_are_heard_again(bus: RabbitBus, wire: Wire) -> None:
    async with bus.hear() as notices:
        for _ in range(3):
            await hears(bus, notices)
            wire.sever()
        await hears(bus, notices)


async def test_a_queue_of_notices_deleted_under_its_hearer_is_declared_again(
    bus: RabbitBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare, queues = Topology.declare_hearing, list[str]()

    async def declare_and_note(self: Topology, channel: AbstractChannel) -> AbstractQueue:
        queue = await declare(self, channel)
        queues.append(queue.name)
        return queue

    monkeypatch.setattr(Topology, "declare_hearing", declare_and_note)
    async with bus.hear() as notices:
        await hears(bus, notices)
        # An exclusive queue is open to its own connection alone.
        async with (await bus._consuming.connection()).channel() as channel:
            await channel.queue_delete(queues[0])
        await eventually(lambda: len(queues) == 2)
        await hears(bus, notices)


async def test_a_hearer_leaves_no_queue_behind(bus: RabbitBus, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter([uuid4()] * 2)
    monkeypatch.setattr("brickline.rabbit_bus.topology.uuid4", lambda: next(names))
    async with bus.hear():
        pass
    async with (await bus._consuming.connection()).channel() as channel:
        with pytest.raises(ChannelNotFoundEntity):
            await channel.declare_queue(bus._topology.notices + f".{next(names).hex}", passive=True)


async def test_notices_travel_beside_events_and_disturb_none(bus: RabbitBus) -> None:
    async with bus.hear() as notices, bus.consume(Subscription("orders", Ordered.topic, 8)) as deliveries:
        flood = asyncio.gather(*(bus.tell(b"x" * 10_000) for _ in range(2_000)))
        async with asyncio.timeout(20):
            for number in range(20):
                await bus.publish(message_of(Ordered(number=number)))
                [delivery] = await deliveries.take(1)
                await delivery.ack()
        await flood
        assert await anext(notices)
        assert deliveries.interrupted is None


async def test_an_exchange_that_is_gone_or_of_another_kind_costs_notices_and_no_event(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    exchange = f"{topology_prefix}.notices"
    async with bus.consume(Subscription("orders", Ordered.topic, 8)) as deliveries:
        await bus.tell(b"hello")
        channel = bus._publisher._channel
        async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as other:
            await other.exchange_delete(exchange)
            await other.declare_exchange(exchange, "direct")
            await bus.tell(b"on the channel that there is, to nobody")
            await other.exchange_delete(exchange)
            with pytest.raises(BusUnavailable, match=r"did not take a notice: .*no exchange"):
                await bus.tell(b"the broker closes the channel for this")
            await other.declare_exchange(exchange, "direct")
            with pytest.raises(TopologyMismatch, match="differs from what this version declares"):
                await bus.tell(b"hello")
            with pytest.raises(TopologyMismatch, match="differs from what this version declares"):
                async with bus.hear():
                    pass
            await bus.publish(message_of(Ordered(number=1)))
            await (await deliveries.take(1))[0].ack()
            await other.exchange_delete(exchange)
        await bus.tell(b"hello")
        assert bus._publisher._channel is channel


async def test_telling_a_broker_that_is_away_says_so_and_where(wire: Wire, bus: RabbitBus) -> None:
    await bus.tell(b"hello")
    broker, wire.server = wire.server, ("127.0.0.1", 9)
    wire.sever()
    await eventually(lambda: is_unavailable(bus))
    wire.server = broker
    async with bus.hear() as notices:
        await hears(bus, notices)


async def is_unavailable(bus: RabbitBus) -> bool:
    try:
        await bus.tell(b"hello")
    except BusUnavailable as error:
        return "RabbitMQ at 127.0.0.1" in str(error)
    return False


async def test_through_restarts_of_the_broker_presence_says_it_once_and_goes_on(
    database_url: str, node: RabbitNode, topology_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        RabbitBus.connect(node.url, routes={}, prefix=topology_prefix) as bus,
        RabbitBus.connect(node.url, routes={}, prefix=topology_prefix) as other,
        migrated(database_url, "shop", MIGRATIONS) as shops,
        migrated(database_url, "reader", MIGRATIONS) as readers,
        running(NEW_WRITER, shops, bus) as health,
    ):
        async with running(OLD_READER, readers, other):
            await eventually(lambda: warns(health))
        for queue in ("unrouted", "orders", "orders.dead"):
            await eventually(partial(node.has_registered, f"{topology_prefix}.{queue}"), 15)
        for end in (node.stop, node.kill):
            await end()
            await eventually(lambda: caplog.messages.count("presence.interrupted") == 1)
            await asyncio.sleep(4 * QUICK.every_s)  # time to say it again and again
            assert caplog.messages.count("presence.interrupted") == 1
            caplog.clear()
            await node.start()
            async with running(OLD_READER, readers, other):
                await eventually(lambda: warns(health), 20)
            await eventually(lambda: is_calm(health), 5)
            caplog.clear()


async def test_a_broker_that_is_away_for_long_neither_ends_an_alarm_nor_raises_it_again(
    rabbitmq_url: str,
    database_url: str,
    topology_prefix: str,
    bus: RabbitBus,
    wire: Wire,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "brickline")
    pace = Pace(every_s=0.3, live_s=3.5, answer_s=0.05)
    async with (
        RabbitBus.connect(rabbitmq_url, routes={}, prefix=topology_prefix) as other,
        migrated(database_url, "shop", MIGRATIONS) as shops,
        migrated(database_url, "reader", MIGRATIONS) as readers,
        running(NEW_WRITER, shops, bus, pace=pace) as health,
    ):
        async with running(OLD_READER, readers, other, pace=pace):
            await eventually(lambda: warns(health))
            broker, wire.server = wire.server, ("127.0.0.1", 9)
            wire.sever()
            await asyncio.sleep(pace.live_s + 1)  # time for the reader to count as gone
            wire.server = broker
            await eventually(lambda: "presence.resumed" in caplog.messages)
            await asyncio.sleep(pace.live_s + 0.5)  # and again
            assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 0)
            assert await warns(health)
        await eventually(lambda: is_calm(health))


async def test_while_the_ears_alone_reconnect_an_alarm_lasts_and_their_deafness_is_said(
    rabbitmq_url: str,
    wired: tuple[Wire, str],
    bus: RabbitBus,
    database_url: str,
    topology_prefix: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "brickline")
    wire, url = wired
    consuming, publishing = Connector(url, "ears"), Connector(rabbitmq_url, "mouth")
    split = RabbitBus(publishing, consuming, Topology(topology_prefix, {}))
    try:
        async with (
            rabbit_bus(rabbitmq_url, topology_prefix) as other,
            migrated(database_url, "shop", MIGRATIONS) as shops,
            migrated(database_url, "reader", MIGRATIONS) as readers,
            running(NEW_WRITER, shops, split) as health,
        ):
            async with running(OLD_READER, readers, other):
                await eventually(lambda: warns(health))
                broker, wire.server = wire.server, ("127.0.0.1", 9)
                wire.sever()
                await asyncio.sleep(2 * QUICK.live_s)  # time for the reader to count as gone
                said = await warns(health)
                assert "reader (release v1) reads version 1" in said
                assert "cannot hear what others read" in said
                wire.server = broker
                await eventually(lambda: "presence.resumed" in caplog.messages, 15)
                assert "cannot hear" not in await warns(health)
                assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 0)
            await eventually(lambda: is_calm(health))
        assert caplog.messages.count("presence.interrupted") == 1
    finally:
        await asyncio.gather(consuming.close(), publishing.close())


async def hangs(_topology: Topology, _channel: AbstractChannel) -> AbstractQueue:
    await asyncio.Event().wait()
    raise AssertionError


async def channels_of(connector: Connector) -> int:
    transport = (await connector.connection()).transport
    assert transport is not None
    return sum(not channel.is_closed for channel in transport.connection.channels.values() if channel)


@pytest.mark.parametrize("what", ["notices", "hearing"])
async def test_a_try_that_times_out_leaves_no_channel_behind(
    what: str, bus: RabbitBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = bus._publishing if what == "notices" else bus._consuming
    before = await channels_of(connector)

    async def attempt() -> None:
        if what == "notices":
            await bus.tell(b"hello")
        else:
            await bus.hear().__aenter__()

    with monkeypatch.context() as patched:
        patched.setattr(Topology, f"declare_{what}", hangs)
        for module in ("teller", "hearer"):
            patched.setattr(f"brickline.rabbit_bus.{module}._TRY_S", 0.2)
        for _ in range(3):
            with pytest.raises(BusUnavailable):
                await attempt()

    async def all_closed() -> bool:
        return await channels_of(connector) == before

    await eventually(all_closed)
    async with bus.hear() as notices:
        await hears(bus, notices)


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that reads the old version."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "support.skewed_shop",
        *arguments,
        env={**environ, "PYTHONPATH": str(TEST_ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def test_a_reader_killed_with_9_is_gone_after_a_while_and_so_is_the_alarm(
    rabbitmq_url: str, database_url: str, topology_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "brickline")
    async with (
        rabbit_bus(rabbitmq_url, topology_prefix) as bus,
        migrated(database_url, "shop", MIGRATIONS) as shops,
        running(NEW_WRITER, shops, bus) as health,
        process(rabbitmq_url, topology_prefix, database_url) as child,
    ):
        assert "(release v0)" in await eventually(lambda: warns(health), 20)
        child.kill()
        await child.wait()
        assert await warns(health)
        await eventually(lambda: is_calm(health), 5)
        async with Database.connect(database_url, schema="reader", pool_size=1) as readers:
            assert await announced(readers, live_s=QUICK.live_s) == []
            assert [each.release for each in await announced(readers)] == ["v0"]
    assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 1)
