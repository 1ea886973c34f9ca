"""One service's share of the pipeline: its relay and its consumers, over one database and one bus."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Protocol

from brickline.events.abandoned import AbandonedRunner, UnroutedGroup
from brickline.events.backlog import Backlog, connections
from brickline.events.batch_consumer import BatchConsumer
from brickline.events.batch_runner import BatchRunner
from brickline.events.bus import UNROUTED, Bus
from brickline.events.consumer import Consumer
from brickline.events.errors import EventsError
from brickline.events.group import ConsumerGroup
from brickline.events.metrics import GroupMetrics, RelayMetrics
from brickline.events.outbox import Origin, Outbox, Transaction
from brickline.events.presence import STEADY, UNRELEASED, Pace, Presence, Release
from brickline.events.relay import LEASE_S, Relay
from brickline.events.runner import ConsumerRunner
from brickline.events.service import Service
from brickline.events.settlement import Settlement
from brickline.persistence import Database, Migrations
from brickline.telemetry import METRICS, Health, get_logger, log_context

_log = get_logger(__name__)

_RESTART_S = 1.0

MIGRATIONS = Migrations(__package__)
"""The tables of outbox, inbox and dead letters: apply them before a runtime starts."""


class _Runner(Protocol):
    """Something that consumes for a group until it is told to stop."""

    group_id: str
    subscribed: asyncio.Event

    async def run(self) -> None: ...

    async def stop(self) -> None: ...


class EventRuntime:
    """Publishes and consumes for one service.

    `service` is its declaration, to which it is held; a bare name, for a tool, holds to nothing. Consumers
    given to `running` are subscribed before the relay starts, so that a process holding all services finds
    every group there. What is declared is told to the other processes of the deployment of `release`, at the
    `pace`. `lease_s` is how long, in seconds, what a killed process was sending waits before another sends
    it.
    """

    def __init__(
        self,
        service: Service | str,
        database: Database,
        bus: Bus,
        *,
        release: Release = UNRELEASED,
        pace: Pace = STEADY,
        lease_s: float = LEASE_S,
    ) -> None:
        self._declared = service if isinstance(service, Service) else None
        self.service = service.name if isinstance(service, Service) else service
        self._database = database
        self._bus = bus
        self._release = release
        self._pace = pace
        self._lease_s = lease_s
        self._relay = Relay(database, bus, RelayMetrics(self.service), lease_s=lease_s)
        self._outbox = Outbox(database, source=self.service, on_commit=self._relay.wake)

    def transaction(self, origin: Origin) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction that can publish, outside of any consumer: the start of a pipeline."""
        return self._outbox.transaction(
            origin, allowed=None if self._declared is None else self._declared.publishes
        )

    @asynccontextmanager
    async def running(
        self, consumers: Sequence[ConsumerGroup[Any]], health: Health, *, drain_s: float = 20.0
    ) -> AsyncIterator[None]:
        """Consume and relay until the block ends, then drain for at most `drain_s` seconds.

        Adds what readiness depends on to `health`. Raises what the bus raises when it cannot be reached.
        """
        _refuse_shared_groups(consumers)
        if self._declared is not None:
            _refuse_undeclared(self._declared, consumers)
        groups = [
            GroupMetrics(self.service, consumer.group_id, consumer.payload_type.topic)
            for consumer in consumers
        ]
        runners = [
            runner
            for consumer, metrics in zip(consumers, groups, strict=True)
            for runner in self._runners(consumer, metrics, health)
        ]
        if consumers:
            runners.append(self._unrouted())
        backlog = Backlog(self.service, self._database, groups, lease_s=self._lease_s)
        health.add(f"{self.service}.database", self._database.check)
        health.add(f"{self.service}.bus", self._bus.check)
        health.add(f"{self.service}.relay", self._relay.check)
        presence = self._presence(health)
        tasks: list[asyncio.Task[None]] = []
        try:
            with log_context(service=self.service):
                tasks += [asyncio.create_task(_keep_consuming(runner)) for runner in runners]
                await _all_subscribed(runners, tasks)
                tasks.append(asyncio.create_task(_keep_relaying(self._relay)))
            with (
                METRICS.sampled(self.service, backlog.read),
                METRICS.sampled(self.service, partial(connections, groups)),
            ):
                async with nullcontext() if presence is None else presence.shown():
                    yield
                    await asyncio.gather(*(runner.stop() for runner in runners))
                    leaving = () if presence is None else (presence.leave(),)
                    await asyncio.gather(self._drain(tasks, drain_s), *leaving)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if presence is not None:  # after a drain, and after whatever that left unfinished: no more is written
            await presence.withdraw()

    def _presence(self, health: Health) -> Presence | None:
        """Return what announces a declared service, its alarm added to `health`."""
        if self._declared is None:
            return None
        presence = Presence(self._declared, self._database, self._bus, release=self._release, pace=self._pace)
        health.add(f"{self.service}.contracts", presence.check, blocking=False)
        return presence

    def _runners(self, consumer: ConsumerGroup[Any], metrics: GroupMetrics, health: Health) -> list[_Runner]:
        settlement = Settlement(consumer, self._outbox, metrics)
        runner: ConsumerRunner | BatchRunner
        match consumer:
            case Consumer():
                runner = ConsumerRunner(
                    consumer,
                    database=self._database,
                    bus=self._bus,
                    outbox=self._outbox,
                    settlement=settlement,
                    metrics=metrics,
                )
            case BatchConsumer():
                runner = BatchRunner(
                    consumer,
                    database=self._database,
                    bus=self._bus,
                    outbox=self._outbox,
                    settlement=settlement,
                    metrics=metrics,
                )
            case _:
                raise EventsError(f"{type(consumer).__name__} is neither a Consumer nor a BatchConsumer")
        health.add(f"group.{consumer.group_id}", runner.check)
        return [runner, AbandonedRunner(consumer, bus=self._bus, settlement=settlement)]

    def _unrouted(self) -> _Runner:
        """Return what buries events that no group receives; each service takes its share."""
        group = UnroutedGroup()
        metrics = GroupMetrics(self.service, group.group_id, group.payload_type.topic)
        return AbandonedRunner(group, bus=self._bus, settlement=Settlement(group, self._outbox, metrics))

    async def _drain(self, tasks: Sequence[asyncio.Task[None]], drain_s: float) -> None:
        """Finish what is in hand, now that no more is taken, and send what that published."""
        *consuming, relaying = tasks
        unfinished: set[asyncio.Task[None]] = set()
        if consuming:
            _, unfinished = await asyncio.wait(consuming, timeout=drain_s)
        self._relay.drain()
        _, unsent = await asyncio.wait([relaying], timeout=drain_s / 4)
        if unfinished or unsent:
            _log.warning("drain.cut_short", service=self.service, after_s=drain_s)


def _refuse_shared_groups(consumers: Sequence[ConsumerGroup[Any]]) -> None:
    """Refuse two consumers on one group's queue: each would be handed the other's events."""
    groups = [UNROUTED, *(consumer.group_id for consumer in consumers)]
    if shared := {group for group in groups if groups.count(group) > 1}:
        raise EventsError(f"several consumers have the group_id {', '.join(shared)}: give each its own")


def _refuse_undeclared(service: Service, consumers: Sequence[ConsumerGroup[Any]]) -> None:
    """Refuse to run other consumers than the declaration names: the map would not show them."""
    running, declared = {type(consumer) for consumer in consumers}, set(service.consumers)
    if more := sorted(group.__name__ for group in running - declared):
        raise EventsError(f"{', '.join(more)}: not among the `consumers` of service {service.name!r}: add it")
    if missing := sorted(group.__name__ for group in declared - running):
        raise EventsError(
            f"{', '.join(missing)}: declared by service {service.name!r} and not run: its events would wait "
            "for ever"
        )


async def _all_subscribed(runners: Sequence[_Runner], tasks: Sequence[asyncio.Task[None]]) -> None:
    for runner, task in zip(runners, tasks, strict=True):
        subscribed = asyncio.create_task(runner.subscribed.wait())
        await asyncio.wait({subscribed, task}, return_when=asyncio.FIRST_COMPLETED)
        subscribed.cancel()
        if task.done():
            task.result()


async def _keep_consuming(runner: _Runner) -> None:
    """Run it; once it has been subscribed, an unforeseen failure is logged and followed by another start."""
    while True:
        try:
            return await runner.run()
        except Exception:
            if not runner.subscribed.is_set():
                raise
            _log.exception("consumer.restarted", group=runner.group_id)
            await asyncio.sleep(_RESTART_S)


async def _keep_relaying(relay: Relay) -> None:
    while True:
        try:
            return await relay.run()
        except Exception:
            _log.exception("relay.restarted")
            await asyncio.sleep(_RESTART_S)
