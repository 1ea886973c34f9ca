"""Limits as a person reads them, on stdout, and as JSON."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from brickline.budget import BudgetLine, Entry, Period
from brickline.standalone.budget.changing import Change
from brickline.standalone.money import as_usd, usd
from brickline.standalone.plain import at, counted, lines, print_rows, print_whole, say

_NO_LIMIT = (
    "No limit is set: calls are made whatever they cost. Set one: "
    "brickline budget set --limit-usd 5 --window day"
)
_COLUMNS = ("Limit on", "Window", "Limit", "Spent", "Held", "Free", "Forecast")


def show_lines(found: Sequence[BudgetLine], doubtful: Sequence[Entry]) -> None:
    """Print every limit, a row each, then how much is in doubt."""
    print_rows(_COLUMNS, map(_row, found)) if found else say(_NO_LIMIT)
    over = [line for line in found if _is_over(line)]
    for line in over:
        say(f"! {line.scope} will pass its limit of the {line.period}, at its pace so far.")
    for line in found:
        if line.blocked_by_holds:
            times = counted(line.blocked_by_holds, "call")
            say(f"{line.scope}, {line.period}: {times} had to wait only for what is held.")
    if doubtful:
        held = usd(sum(call.reserved_micros for call in doubtful))
        say(
            f"Ambiguous calls: {len(doubtful):,}, which hold {held} until you say what they were billed: "
            "brickline budget ambiguous"
        )
    elif found:
        say("No call is ambiguous.")


def print_lines_json(found: Sequence[BudgetLine], doubtful: Sequence[Entry]) -> None:
    """Print the same as one JSON object."""
    held = sum(call.reserved_micros for call in doubtful)
    print_whole(
        {
            "limits": [_as_json(line) for line in found],
            "ambiguous": {"calls": len(doubtful), "held_usd": as_usd(held)},
        }
    )


def show_change(change: Change) -> None:
    """Say what was changed, and what the window has spent."""
    before, after = change.before, change.after
    limited = f"{change.scope}, {_a(change.period)}"
    was = f", was {usd(before.limit_micros)}" if before else ""
    if after is not None:
        say(f"Limit of {limited}: {usd(after.limit_micros)}{was}.")
    else:
        say(f"Removed the limit of {limited}{was}." if before else f"There is no limit of {limited}.")
    if window := after or before:
        say(
            f"{_window(window)}: {usd(window.spent_micros)} is spent, {usd(window.held_micros)} is held"
            + (f", {usd(_free(window))} is free." if after else ".")
        )
    if after is not None and after.limit_micros and not _free(after):
        say("It has no room left: until it has, when_spent of the models file says what becomes of calls.")
    if change.concerns_nobody:
        say(f"The models file names no model {change.scope.name}: until it does, this limits nothing.")
    if change.woken:
        say(f"Events that waited for budget and are tried again now: {change.woken:,}.")


def print_change_json(change: Change) -> None:
    """Print the same as one JSON object."""
    before, after = change.before, change.after
    window = _as_json(after or before) if after or before else {}
    print_whole(
        {
            "scope": str(change.scope),
            "window": change.period.value,
            **window,
            "limit_usd": None if after is None else as_usd(after.limit_micros),
            "before_usd": None if before is None else as_usd(before.limit_micros),
            "woken": change.woken,
        }
    )


def _row(line: BudgetLine) -> Sequence[Text]:
    return (
        lines(str(line.scope)),
        lines(line.period, *_between(line)),
        *(
            Text(usd(micros), justify="right")
            for micros in (line.limit_micros, line.spent_micros, line.held_micros, _free(line))
        ),
        _forecast(line),
    )


def _forecast(line: BudgetLine) -> Text:
    if line.forecast_micros is None:
        return Text("-", justify="right")
    over = _is_over(line)
    text = f"{usd(line.forecast_micros)}{' over' if over else ''}"
    return Text(text, style="red" if over else "", justify="right")


def _as_json(line: BudgetLine | None) -> dict[str, object]:
    if line is None:
        return {}
    return {
        "scope": str(line.scope),
        "window": line.period.value,
        "starts_at": _iso(line.starts_at),
        "ends_at": _iso(line.ends_at),
        "limit_usd": as_usd(line.limit_micros),
        "spent_usd": as_usd(line.spent_micros),
        "held_usd": as_usd(line.held_micros),
        "free_usd": as_usd(_free(line)),
        "blocked_by_holds": line.blocked_by_holds,
        "forecast_usd": None if line.forecast_micros is None else as_usd(line.forecast_micros),
        "forecast_over": _is_over(line),
    }


def _is_over(line: BudgetLine) -> bool:
    return line.forecast_micros is not None and line.forecast_micros > line.limit_micros


def _free(line: BudgetLine) -> int:
    return max(0, line.limit_micros - line.spent_micros - line.held_micros)


def _a(period: Period) -> str:
    return "in all" if period is Period.TOTAL else f"{'an' if period is Period.HOUR else 'a'} {period}"


def _window(line: BudgetLine) -> str:
    between = _between(line)
    return f"{between[0]} to {between[1].removeprefix('- ')}" if len(between) == 2 else "In all"


def _between(line: BudgetLine) -> tuple[str, ...]:
    if line.starts_at is None or line.ends_at is None:
        return ()
    return at(line.starts_at), f"- {at(line.ends_at)}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
