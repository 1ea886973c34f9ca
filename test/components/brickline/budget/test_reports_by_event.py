"""What reports read of the ledger beside its totals: by event, by model, and single calls."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from brickline.budget import InvalidRequest, Ledger, State, Wish


async def call(
    ledger: Ledger, event_id: UUID, cost: int, *, tenant: str = "acme", model: str = "small", attempt: int = 1
) -> int:
    """A call that was made and paid."""
    entry = await ledger.reserve(
        Wish(tenant, event_id, "insights", attempt, "ab" * 16, model, cost, None, 60, {"task": "insights"})
    )
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, cost, outcome="answered", result=b"{}")
    return entry.entry_id


async def test_an_event_is_found_with_all_its_calls_whoever_its_tenant_is(ledger: Ledger) -> None:
    mine, other = uuid4(), uuid4()
    first = await call(ledger, mine, 10, tenant="acme")
    second = await call(ledger, mine, 5, tenant="acme", attempt=2)
    third = await call(ledger, mine, 7, tenant="zeta")
    await call(ledger, other, 100, tenant="mid")
    assert [entry.entry_id for entry in await ledger.of_event(mine)] == [first, second, third]
    assert await ledger.of_event(uuid4()) == ()


async def test_costs_are_of_all_calls_of_an_event_and_without_calls_there_are_none(ledger: Ledger) -> None:
    paid, free, none = uuid4(), uuid4(), uuid4()
    await call(ledger, paid, 10)
    await call(ledger, paid, 5, attempt=2)
    await call(ledger, free, 0, tenant="another")
    assert await ledger.costs_of([paid, free, none]) == {paid: 15, free: 0}
    assert await ledger.costs_of([]) == {}


async def test_what_is_held_is_no_cost(ledger: Ledger) -> None:
    event_id = uuid4()
    await ledger.reserve(Wish("acme", event_id, "insights", 1, "ab" * 16, "small", 99, None, 60))
    assert await ledger.costs_of([event_id]) == {event_id: 0}


async def test_models_are_told_apart_with_what_was_billed_held_and_saved(ledger: Ledger) -> None:
    for cost in (0, 20):
        await call(ledger, uuid4(), cost)
    number = await call(ledger, uuid4(), 5, model="large")
    await ledger.reused(number)
    await ledger.reused(number)
    cached = Wish("acme", uuid4(), "insights", 1, "ab" * 16, "large", 0, None, 60)
    await ledger.record(cached, outcome="cached", saved_micros=3)
    await ledger.reserve(Wish("acme", uuid4(), "insights", 1, "ab" * 16, "small", 99, None, 60))
    found = await ledger.by_model(datetime.now(UTC) - timedelta(hours=1))
    shown = [(each.model, each.state, each.outcome, each.entries, each.billed) for each in found]
    assert shown == [
        ("large", State.SETTLED, "answered", 1, 1),
        ("large", State.SETTLED, "cached", 1, 0),
        ("small", State.RESERVED, None, 1, 0),
        ("small", State.SETTLED, "answered", 2, 1),
    ]
    assert [each.cost_micros for each in found] == [5, 0, 0, 20]
    assert [each.held_micros for each in found] == [0, 0, 99, 0]
    assert [each.saved_micros for each in found] == [0, 3, 0, 0]
    assert [(each.reused, each.reused_micros) for each in found] == [(2, 10), (0, 0), (0, 0), (0, 0)]
    assert await ledger.by_model(datetime.now(UTC) + timedelta(hours=1)) == ()


async def test_one_call_is_read_by_its_number(ledger: Ledger) -> None:
    number = await call(ledger, uuid4(), 10)
    entry = await ledger.entry(number)
    assert entry is not None
    assert (entry.entry_id, entry.state, entry.cost_micros) == (number, State.SETTLED, 10)
    assert await ledger.entry(number + 1) is None
    with pytest.raises(InvalidRequest, match="number of an entry"):
        await ledger.entry(-1)
