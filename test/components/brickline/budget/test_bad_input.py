"""What no budget can mean is refused with an error that says so, and changes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from brickline.budget import BudgetError, Budgets, InvalidRequest, Ledger, OverBudget, Period, Scope

MakeWish = Any
NAN = float("nan")


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": ""},
        {"tenant": "ac\x00me"},
        {"tenant": "\ud800"},
        {"tenant": "é" * 300},
        {"step": "x\x00"},
        {"trace_id": ""},
        {"model": "m" * 513},
        {"event_id": "no uuid"},
        {"attempt": 0},
        {"attempt": 2**31},
        {"amount_micros": -1},
        {"amount_micros": 10**19},
        {"amount_micros": 10**5000},
        {"amount_micros": 1.5},
        {"amount_micros": NAN},
        {"amount_micros": True},
        {"fingerprint": b""},
        {"fingerprint": b"x" * 65},
        {"lease_s": NAN},
        {"lease_s": float("inf")},
        {"lease_s": -1.0},
    ],
    ids=lambda wrong: (
        " ".join(f"{name} {str(value)[:12]!a}" for name, value in wrong.items())
        if 10**5000 not in wrong.values()
        else "amount_micros of 5000 digits"
    ),
)
def test_a_wish_that_makes_no_sense_cannot_be_made(wish: MakeWish, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=next(iter(wrong)).replace("fingerprint", "a fingerprint")):
        replace(wish(), **wrong)


@pytest.mark.parametrize(
    "note",
    [
        {"text": "a\x00b"},
        {"a\x00": 1},
        {"text": "\ud800"},
        {"number": NAN},
        {"number": float("inf")},
        {"thing": object()},
        {"long": "x" * (1024 * 1024)},
    ],
    ids=["NUL", "NUL in a key", "half a surrogate", "NaN", "infinity", "no JSON", "long"],
)
async def test_a_note_that_cannot_be_kept_is_refused_at_every_step(
    ledger: Ledger, wish: MakeWish, note: dict[str, Any]
) -> None:
    entry = await ledger.reserve(wish())
    await ledger.dispatch(entry.entry_id, 60)
    steps: list[Callable[[], Awaitable[object]]] = [
        lambda: ledger.reserve(replace(wish(), note=note)),
        lambda: ledger.record(wish(), outcome="cached", note=note),
        lambda: ledger.settle(entry.entry_id, 5, outcome="answered", note=note),
        lambda: ledger.release(entry.entry_id, outcome="refused", note=note),
        lambda: ledger.doubt(entry.entry_id, outcome="timeout", note=note),
    ]
    for step in steps:
        with pytest.raises(InvalidRequest, match="a note has"):
            await step()
    assert await ledger.settle(entry.entry_id, 5, outcome="answered")


async def test_a_note_may_speak_of_nul_and_nest_deeply(ledger: Ledger, wish: MakeWish) -> None:
    nested: Any = "deep"
    for _ in range(200):
        nested = [nested]
    note = {"text": "\\u0000 \\\\u0000", "nested": nested, "big": 10**30, "ünï": "\U0001f4b8"}
    entry = await ledger.reserve(replace(wish(), note=note))
    (kept,) = await ledger.of_trace(entry.trace_id)
    assert kept.note == note


@pytest.mark.parametrize("cost", [-1, 10**19, 0.5, NAN, None])
async def test_a_cost_that_is_none_is_not_booked(ledger: Ledger, wish: MakeWish, cost: Any) -> None:
    entry = await ledger.reserve(wish())
    await ledger.dispatch(entry.entry_id, 60)
    with pytest.raises(InvalidRequest, match="cost_micros"):
        await ledger.settle(entry.entry_id, cost, outcome="answered")
    await ledger.doubt(entry.entry_id, outcome="timeout")
    with pytest.raises(InvalidRequest, match="billed_micros"):
        await ledger.resolve(entry.entry_id, cost)
    assert len(await ledger.ambiguous()) == 1


@pytest.mark.parametrize("entry_id", [-1, 2**63, 10**19, True, "7", 1.0])
async def test_an_entry_that_cannot_be_is_named(ledger: Ledger, entry_id: Any) -> None:
    for step in (
        ledger.dispatch(entry_id, 60),
        ledger.settle(entry_id, 5, outcome="answered"),
        ledger.release(entry_id, outcome="refused"),
        ledger.doubt(entry_id, outcome="timeout"),
        ledger.resolve(entry_id, 5),
        ledger.reused(entry_id),
    ):
        with pytest.raises(InvalidRequest, match="no number of an entry"):
            await step


async def test_an_entry_that_is_not_there_is_no_one_s(ledger: Ledger) -> None:
    assert not await ledger.dispatch(1, 60)
    assert not await ledger.release(1, outcome="refused")
    assert not await ledger.doubt(1, outcome="timeout")
    assert not await ledger.resolve(1, 0)
    assert not await ledger.resolve(1, 5)
    await ledger.reused(1)


@pytest.mark.parametrize("outcome", ["", "a\x00", "x" * 600])
async def test_an_outcome_that_cannot_be_kept_is_refused(
    ledger: Ledger, wish: MakeWish, outcome: str
) -> None:
    with pytest.raises(InvalidRequest, match="outcome"):
        await ledger.record(wish(), outcome=outcome)


async def test_a_result_of_any_bytes_is_kept_and_one_too_large_is_refused(
    ledger: Ledger, wish: MakeWish
) -> None:
    assert await ledger.record(wish(), outcome="answered", result=bytes(range(256)))
    with pytest.raises(InvalidRequest, match="a result"):
        await ledger.record(wish(), outcome="answered", result=b"x" * (16 * 1024 * 1024 + 1))


@pytest.mark.parametrize("limit", [-1, 10**19, NAN, 1.0, False, "5"])
async def test_a_limit_that_is_none_is_not_set(budgets: Budgets, limit: Any) -> None:
    with pytest.raises(InvalidRequest, match="the limit"):
        await budgets.set_limit(Scope.overall(), Period.DAY, limit)
    assert await budgets.show() == ()


@pytest.mark.parametrize(
    "text", ["", "tenant", "tenant:", "user:me", "overall:", "model:a\x00", "OVERALL", ":x"]
)
def test_a_scope_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Scope.parse(text)


@pytest.mark.parametrize("text", ["overall", "tenant:acme", "model:gpt:4 / mini", "tenant:overall"])
def test_a_scope_is_read_as_it_is_written(text: str) -> None:
    assert str(Scope.parse(text)) == text


@pytest.mark.parametrize("age", [-1, NAN, float("inf"), "1"])
async def test_an_age_that_is_none_is_refused(ledger: Ledger, age: Any) -> None:
    with pytest.raises(InvalidRequest, match="max_age_s"):
        await ledger.look("acme", uuid4(), "insights", [b"f"], age)


async def test_a_moment_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    naive = datetime(2026, 3, 1)
    with pytest.raises(InvalidRequest, match="time zone"):
        await ledger.totals(naive)
    with pytest.raises(InvalidRequest, match="time zone"):
        [entry async for entry in ledger.since(naive)]


async def test_a_sum_beyond_the_integers_of_the_database_is_an_error_and_changes_nothing(
    database: Any, ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(Scope.overall(), Period.TOTAL, 10**15)
    entry = await ledger.reserve(wish(10**15))
    await ledger.dispatch(entry.entry_id, 60)
    async with database.connection() as connection:
        await connection.execute("update budget_windows set spent_micros = 9223372036854775807")
    for step in (ledger.settle(entry.entry_id, 1, outcome="answered"), ledger.reserve(wish(1))):
        with pytest.raises(InvalidRequest, match="out of range"):
            await step
    async with database.connection() as connection:
        await connection.execute("update budget_windows set spent_micros = 0")
    assert await ledger.settle(entry.entry_id, 10**15, outcome="answered")
    with pytest.raises(OverBudget):
        await ledger.reserve(wish(1))


def test_every_error_of_the_brick_has_one_root() -> None:
    assert issubclass(InvalidRequest, BudgetError)
    assert issubclass(OverBudget, BudgetError)
