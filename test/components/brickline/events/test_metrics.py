"""What is counted for each event, and under which labels."""

from uuid import uuid4

import pytest

from brickline.events import BusUnavailable, DeliveryQueue, TopologyMismatch, Unroutable
from brickline.events.metrics import GroupMetrics, Outcome, RelayMetrics
from support.scraping import Page, scraped


@pytest.fixture
def service() -> str:
    """A service of the test's own: the counters are the process's."""
    return f"service-{uuid4().hex}"


@pytest.fixture
def group(service: str) -> GroupMetrics:
    return GroupMetrics(service, "orders", "shop.ordered")


@pytest.fixture
def relay(service: str) -> RelayMetrics:
    return RelayMetrics(service)


def handled(page: Page, service: str, outcome: str) -> float | None:
    labels = {"service": service, "group": "orders", "topic": "shop.ordered", "outcome": outcome}
    return page.value("brickline_events_handled_total", **labels)


async def test_deliveries_are_counted_by_what_became_of_them(service: str, group: GroupMetrics) -> None:
    group.ended(Outcome.SETTLED)
    group.ended(Outcome.SETTLED, 99)
    group.ended(Outcome.DUPLICATE_SKIPPED)
    page = await scraped()
    assert handled(page, service, "settled") == 100
    assert handled(page, service, "duplicate_skipped") == 1


@pytest.mark.parametrize("outcome", Outcome)
async def test_an_outcome_that_never_came_is_there_as_0(
    service: str, group: GroupMetrics, outcome: Outcome
) -> None:
    assert handled(await scraped(), service, outcome) == 0


async def test_dead_letters_are_counted_among_the_outcomes_and_by_reason(
    service: str, group: GroupMetrics
) -> None:
    group.dead_lettered("contract")
    group.dead_lettered("contract")
    group.dead_lettered("exhausted")
    page = await scraped()
    assert handled(page, service, "dead_lettered") == 3
    name = "brickline_events_dead_lettered_total"
    assert page.value(name, service=service, group="orders", reason="contract") == 2
    assert page.value(name, service=service, group="orders", reason="exhausted") == 1


async def test_handlers_are_timed_in_seconds(service: str, group: GroupMetrics) -> None:
    for seconds in (0.02, 0.02, 40.0):
        group.handler_took(seconds)
    page = await scraped()
    name = "brickline_handler_duration_seconds"
    assert page.value(f"{name}_bucket", service=service, group="orders", le="0.025") == 2
    assert page.value(f"{name}_bucket", service=service, group="orders", le="60.0") == 3
    assert page.value(f"{name}_sum", service=service, group="orders") == pytest.approx(40.04)


async def test_a_group_is_connected_while_it_consumes_and_nothing_interrupts(group: GroupMetrics) -> None:
    deliveries = DeliveryQueue()
    seen = [group.connected]
    async with group.consuming(deliveries):
        seen.append(group.connected)
        deliveries.interrupted = "the broker went away"
        seen.append(group.connected)
        deliveries.interrupted = None
        seen.append(group.connected)
    assert [*seen, group.connected] == [False, True, False, True, False]


async def test_what_the_bus_took_is_counted_by_topic_and_timed(service: str, relay: RelayMetrics) -> None:
    relay.confirmed("shop.ordered", 0.002)
    relay.confirmed("shop.ordered", 0.004)
    relay.confirmed("shop.shipped", 0.004)
    page = await scraped()
    name = "brickline_outbox_confirmed_total"
    assert page.value(name, service=service, topic="shop.ordered") == 2
    assert page.value(name, service=service, topic="shop.shipped") == 1
    name = "brickline_outbox_publish_duration_seconds"
    assert page.value(f"{name}_bucket", service=service, le="0.0025") == 1
    assert page.value(f"{name}_count", service=service) == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unroutable("no queue"), "unroutable"),
        (BusUnavailable("no confirm"), "unavailable"),
        (TopologyMismatch("another queue"), "topology_mismatch"),
        (ValueError("tenant acme"), "error"),
    ],
)
async def test_what_the_bus_did_not_take_is_counted_by_the_kind_of_reason(
    service: str, relay: RelayMetrics, error: Exception, reason: str
) -> None:
    relay.not_sent("shop.ordered", error)
    name = "brickline_outbox_not_sent_total"
    assert (await scraped()).value(name, service=service, topic="shop.ordered", reason=reason) == 1


async def test_a_row_claimed_again_without_an_end_is_an_expired_lease(
    service: str, relay: RelayMetrics
) -> None:
    relay.claimed([1, 1, 2, 1, 7])
    relay.claimed([])
    name = "brickline_outbox_leases_expired_total"
    assert (await scraped()).value(name, service=service) == 2


async def test_topics_that_anyone_can_make_up_do_not_make_series_without_end(
    service: str, relay: RelayMetrics
) -> None:
    for number in range(150):
        relay.confirmed(f"topic-{number}", 0.001)
        relay.not_sent(f"another-{number}", Unroutable("no queue"))
    page = await scraped()
    series = [
        sample
        for family in page.families
        for sample in family.samples
        if sample.labels.get("service") == service and "topic" in sample.labels
    ]
    assert len(series) <= 102
    assert sum(sample.value for sample in series) == 300
