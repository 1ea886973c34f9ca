"""Limits, calls in doubt and spending, as a terminal and a program read them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from brickline.budget import BudgetLine, Entry, Period, Scope, State
from brickline.events import Letter, LetterState
from brickline.llm_routing import Amount, Saved, Spending, Wasted
from brickline.standalone.budget import doubt_tables, spending_tables, tables
from brickline.standalone.budget.changing import Change
from brickline.standalone.budget.resolving import Resolved

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
DAY = datetime(2026, 11, 22, tzinfo=UTC)
STEERING = "acme [bold]\x1b[31m"


def line(**changes: Any) -> BudgetLine:
    made = BudgetLine(
        scope=Scope.overall(),
        period=Period.DAY,
        starts_at=DAY,
        ends_at=DAY + timedelta(days=1),
        limit_micros=5_000_000,
        spent_micros=1_250_000,
        held_micros=500_000,
        blocked_by_holds=0,
        forecast_micros=2_000_000,
    )
    return replace(made, **changes)


def doubt(**changes: Any) -> Entry:
    made = Entry(
        entry_id=1_832_614_022_144_214_016,
        tenant="acme",
        event_id=uuid4(),
        step="insights",
        attempt=1,
        trace_id="ab" * 16,
        model="large",
        state=State.AMBIGUOUS,
        outcome="expired",
        reserved_micros=4_200,
        cost_micros=None,
        saved_micros=0,
        fingerprint=None,
        note={},
        result=None,
        opened_at=NOW,
        dispatched_at=NOW,
        closed_at=None,
        expires_at=NOW,
        reused=0,
    )
    return replace(made, **changes)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_limit_shows_its_window_what_is_spent_held_and_free_and_the_forecast(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables.show_lines([line()], [])
    said = shown(capsys)
    for text in (
        "overall",
        "2026-11-22 00:00:00Z",
        "2026-11-23",
        "$5.00",
        "$1.25",
        "$0.50",
        "$3.25",
        "$2.00",
    ):
        assert text in said
    assert "over" not in said.replace("overall", "")
    assert "No call is ambiguous" in said


def test_a_forecast_over_the_limit_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_lines([line(forecast_micros=5_000_001)], [])
    said = shown(capsys)
    assert "$5.000001 over" in said
    assert "will pass its limit of the day" in said
    tables.print_lines_json([line(forecast_micros=5_000_001)], [])
    (printed,) = json.loads(shown(capsys))["limits"]
    assert printed["forecast_over"]


def test_the_total_has_no_window_and_no_forecast_and_debt_leaves_nothing_free(
    capsys: pytest.CaptureFixture[str],
) -> None:
    total = line(
        period=Period.TOTAL, starts_at=None, ends_at=None, forecast_micros=None, spent_micros=6_000_000
    )
    tables.show_lines([total], [])
    assert "total" in shown(capsys)
    tables.print_lines_json([total], [])
    (printed,) = json.loads(shown(capsys))["limits"]
    assert (printed["starts_at"], printed["forecast_usd"], printed["free_usd"]) == (None, None, 0)


def test_what_holds_have_blocked_and_what_is_in_doubt_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_lines([line(blocked_by_holds=3)], [doubt(), doubt()])
    said = shown(capsys)
    assert "3 calls had to wait only for what is held" in said
    assert "Ambiguous calls: 2, which hold $0.0084" in said
    assert "brickline budget ambiguous" in said


def test_without_a_limit_it_is_said_how_to_set_one(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_lines([], [doubt()])
    said = shown(capsys)
    assert "No limit is set" in said
    assert "brickline budget set" in said
    assert "Ambiguous calls: 1" in said


def test_names_steer_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_lines([line(scope=Scope.tenant(STEERING), blocked_by_holds=1)], [])
    tables.show_change(Change(Scope.tenant(STEERING), Period.DAY, None, line(), 0))
    doubt_tables.show([doubt(tenant=STEERING, model=STEERING)])
    doubt_tables.show_resolved(Resolved(doubt(model=STEERING), 0, None))
    amounts = {STEERING: Amount(1, 1)}
    spending_tables.show(replace(spending(), by_model=amounts))
    said = shown(capsys)
    assert "\x1b[31m" not in said
    assert "[bold]" in said


@pytest.mark.parametrize(
    ("before", "after", "woken", "says"),
    [
        (
            None,
            line(),
            0,
            ["Limit of overall, a day: $5.00.", "$1.25 is spent, $0.50 is held, $3.25 is free."],
        ),
        (line(limit_micros=1), line(), 3, ["$5.00, was $0.000001.", "tried again now: 3."]),
        (line(), None, 0, ["Removed the limit of overall, a day, was $5.00.", "$1.25 is spent"]),
        (None, None, 0, ["There is no limit of overall, a day."]),
        (None, line(limit_micros=1_000_000), 0, ["It has no room left"]),
    ],
)
def test_a_change_says_what_was_and_what_the_window_has_spent(
    before: BudgetLine | None,
    after: BudgetLine | None,
    woken: int,
    says: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    change = Change(Scope.overall(), Period.DAY, before, after, woken)
    tables.show_change(change)
    said = shown(capsys)
    assert all(text in said for text in says), said
    tables.print_change_json(change)
    printed = json.loads(shown(capsys))
    assert (printed["scope"], printed["window"], printed["woken"]) == ("overall", "day", woken)
    assert printed["limit_usd"] == (after and after.limit_micros / 1_000_000)
    assert printed["before_usd"] == (before and before.limit_micros / 1_000_000)


@pytest.mark.parametrize(("name", "says"), [("small", False), ("smal", True)])
def test_a_limit_on_a_model_that_the_models_file_does_not_name_is_pointed_out(
    name: str,
    says: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "models.toml"
    file.write_text('[[models]]\nname = "small"\nprovider = "extractive"\n')
    monkeypatch.setenv("BRICKLINE_MODELS_FILE", str(file))
    scope = Scope.model(name)
    tables.show_change(Change(scope, Period.DAY, None, line(scope=scope), 0))
    assert (f"names no model {name}" in shown(capsys)) is says


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_number_of_a_call_is_whole_at_any_width(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    doubt_tables.show([doubt()])
    said = shown(capsys)
    assert "1832614022144214016" in said
    assert "brickline budget resolve" in said


def letter(state: LetterState) -> Letter:
    values = dict.fromkeys(Letter.model_fields) | {
        "dead_letter_id": uuid4(),
        "event_id": uuid4(),
        "service": "analysis",
        "group_id": "analysis",
        "topic": "data.processed",
        "reason": "permanent",
        "error": "lost",
        "fingerprint": "f",
        "attempts": 1,
        "state": state,
        "dead_at": NOW,
    }
    return Letter.model_validate(values)


def test_a_resolved_call_names_the_letter_to_replay_or_how_to_find_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    dead = letter(LetterState.DEAD)
    doubt_tables.show_resolved(Resolved(doubt(), 5_000, dead))
    said = shown(capsys)
    assert f"brickline dlq replay {dead.dead_letter_id}" in said
    assert "more than was held" in said
    doubt_tables.show_resolved(Resolved(doubt(), 0, letter(LetterState.REPLAYED)))
    said = shown(capsys)
    assert "as not billed" in said
    assert "was replayed before" in said
    doubt_tables.show_resolved(Resolved(doubt(), 0, None))
    assert f"brickline trace {'ab' * 16}" in shown(capsys)


def spending() -> Spending:
    nothing = Amount()
    return Spending(
        since=NOW,
        made=Amount(10, 2_000_000),
        by_model={"large": Amount(7, 1_900_000), "small": Amount(3, 100_000)},
        wasted=Wasted(Amount(2, 0), Amount(1, 100_000), nothing, nothing, Amount(1, 4_200)),
        saved=Saved(Amount(5, 500_000), Amount(1, 20_000), Amount(14_000, 450_000_000)),
    )


def test_spending_is_shown_by_model_with_what_was_wasted_and_saved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    spending_tables.show(spending())
    said = shown(capsys)
    for text in (
        "10 calls, $2.00",
        "large",
        "$1.90",
        "14,000",
        "$450.00",
        "5.0% of what was spent",
        "$450.52",
    ):
        assert text in said
    spending_tables.print_json(spending())
    printed = json.loads(shown(capsys))
    assert (printed["calls"], printed["usd"], printed["wasted"]["paid_usd"]) == (10, 2.0, 0.1)
    assert printed["saved"]["duplicates"] == {"calls": 14_000, "usd": 450.0}
    assert printed["by_model"] == {"large": {"calls": 7, "usd": 1.9}, "small": {"calls": 3, "usd": 0.1}}


def test_without_calls_a_report_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Amount()
    empty = Spending(NOW, nothing, {}, Wasted(*[nothing] * 5), Saved(*[nothing] * 3))
    spending_tables.show(empty)
    assert shown(capsys) == "No call was made since 2026-11-22 15:00:00Z.\n"
