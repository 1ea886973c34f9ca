"""Any history of publications, failures, stops, crashes and severed connections: lost 0, effects 1.

Hypothesis makes up histories of two processes of one service. In each, one of them crashes at a given point
of the protocol, whatever else happens; then everything is started, and the account must be exact. Histories
are the same every time; BRICKLINE_TEST_EXAMPLES=500 makes up so many of each bus at random.
"""

import asyncio
import gc
import os
from collections import Counter
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from support import crash_points
from support.buses import KINDS
from support.crash_points import Fault, Hit, Point
from support.databases import fresh_database
from support.history import History, Mishap
from support.script import Ending, Fate

T = TypeVar("T")
Orders = list[dict[str, Fate]]
PlannedFault = tuple[Point, Fault, int] | None

LONG = os.environ.get("BRICKLINE_TEST_EXAMPLES")
STEPS = 8
CASES = [(kind, point) for kind in KINDS for point in Point] if LONG else crash_points.CASES

slots = st.sampled_from("ab")
waits = st.sampled_from([0.005, 0.03, 0.3, 0.0])
ways = st.fixed_dictionaries({"direct": st.booleans(), "twice": st.booleans()})
faults = st.tuples(st.sampled_from(Point), st.sampled_from(Fault), st.integers(0, 2)) | st.none()
fates = st.builds(Fate, st.sampled_from(Ending), st.integers(1, 2), st.booleans())
orders = st.lists(
    st.fixed_dictionaries({"orders": fates, "others": fates, "shipments": fates}), min_size=1, max_size=3
)


class Protocol(RuleBasedStateMachine):
    """What may happen to a service. No rule depends on how far the processes got, so histories repeat."""

    def __init__(
        self, database_url: str, broker_url: str | None, *, focus: Point, tally: Counter[Hit]
    ) -> None:
        super().__init__()
        self.focus, self.tally = focus, tally
        self.runner = asyncio.Runner()
        self.here: Counter[Hit] = Counter()
        self.restart = False
        self.history = self.do(History.begin(database_url, broker_url, self.here))

    def do(self, deed: Awaitable[T]) -> T:
        async def done() -> T:
            return await deed

        return self.runner.run(done())

    @initialize(passes=st.integers(0, 2), orders=orders, wait=waits, restart=st.booleans())
    def work_begins(self, passes: int, orders: Orders, wait: float, restart: bool) -> None:
        self.restart = restart
        self.do(self.history.start("a"))
        self.history.arm("a", self.focus, Fault.CRASH, passes)
        self.do(self.history.publish("a", orders))
        self.do(self.history.work(wait))

    @rule(slot=slots, orders=orders, fault=faults, ways=ways, later=st.booleans(), wait=waits)
    def publish(
        self, slot: str, orders: Orders, fault: PlannedFault, ways: dict[str, bool], later: bool, wait: float
    ) -> None:
        due_at = datetime.now(UTC) + timedelta(seconds=0.05) if later else None
        self.do(self.history.start(slot))
        if fault is not None:
            self.history.arm(slot, *fault)
        self.do(self.history.publish(slot, orders, due_at=due_at, **ways))
        self.do(self.history.work(wait))

    @rule(slot=slots, orders=orders)
    def publish_and_roll_back(self, slot: str, orders: Orders) -> None:
        self.do(self.history.publish(slot, orders, commit=False))

    @rule(orders=orders, wait=waits)
    def publish_from_a_process_without_a_relay(self, orders: Orders, wait: float) -> None:
        self.do(self.history.publish("", orders))
        self.do(self.history.work(wait))

    @rule(slot=slots, what=st.sampled_from(Mishap), wait=waits)
    def meet_with(self, slot: str, what: Mishap, wait: float) -> None:
        self.do(self.history.meet_with(slot, what))
        self.do(self.history.work(wait))

    @rule(slot=slots, which=st.integers(0, 20))
    def deliver_a_duplicate(self, slot: str, which: int) -> None:
        self.do(self.history.start(slot))
        self.history.duplicate(slot, which)

    def teardown(self) -> None:
        try:
            self.do(self.history.end(self.focus, restart=self.restart))
        finally:
            self.runner.close()
            self.tally.update(self.here)


@pytest.fixture(scope="module")
def shared_database(postgres_server: str) -> Iterator[str]:
    """One database for all histories: each has a schema of its own, which is made ten times as fast."""
    with asyncio.Runner() as runner:
        database = fresh_database(postgres_server)
        yield runner.run(database.__aenter__())
        runner.run(database.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[Hit]]:
    """What was hit, over all tests of this file; shown by `pytest -s`."""
    tally: Counter[Hit] = Counter()
    yield tally
    print("\nhits          crash  sever")
    for point in Point:
        crashes, severed = (tally[Hit(point, fault)] for fault in (Fault.CRASH, Fault.SEVER))
        print(f"{point:45} {crashes:5} {severed:5}")


@pytest.mark.parametrize(("kind", "point"), CASES, ids=map("-".join, CASES))
def test_nothing_is_lost_or_repeated_whatever_happens_before_and_after_a_crash(
    request: pytest.FixtureRequest, shared_database: str, kind: str, point: Point, tally: Counter[Hit]
) -> None:
    broker_url: str | None = request.getfixturevalue("rabbitmq_url") if kind == "rabbit" else None
    here: Counter[Hit] = Counter()

    @seed(crc32(f"{kind} {point}".encode()))
    def protocol() -> Protocol:
        return Protocol(shared_database, broker_url, focus=point, tally=here)

    machine: Any = protocol  # a function will do, whatever the annotation there says
    run_state_machine_as_test(machine, settings=_settings())
    gc.collect()  # what the dead left behind is not to surface in another test
    tally.update(here)
    assert here[Hit(point, Fault.CRASH)] > 0


def _settings() -> settings:
    return settings(
        max_examples=-(-int(LONG) // len(Point)) if LONG else 1,
        stateful_step_count=STEPS * (2 if LONG else 1),
        derandomize=not LONG,
        phases=[Phase.generate, *([Phase.shrink] if LONG else [])],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
