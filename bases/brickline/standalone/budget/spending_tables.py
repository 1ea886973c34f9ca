"""What was spent, wasted and saved, as a person reads it, and as JSON."""

from collections.abc import Mapping

from rich.text import Text

from brickline.llm_routing import Amount, Spending
from brickline.standalone.money import as_usd, usd
from brickline.standalone.plain import at, counted, lines, print_rows, print_whole, say

_WASTED = {
    "failed": "failed attempts",
    "not_accepted": "repairs: answers that did not fit",
    "truncated": "answers that were cut off",
    "lost": "billed, and the answer lost",
    "ambiguous": "ambiguous: held, may be billed",
}
_SAVED = {
    "cache": "cache: an equal question was answered",
    "ledger": "ledger: a redelivery read its answer back",
    "duplicates": "duplicates of events, skipped",
}


def show(spending: Spending) -> None:
    """Print a table each of what was spent, wasted and saved."""
    since, made = at(spending.since), spending.made
    if not made.calls and not spending.saved.micros:
        say(f"No call was made since {since}.")
        return
    say(f"Since {since}: {counted(made.calls, 'call')}, {usd(made.micros)}.")
    _table("Spent, by model", spending.by_model)
    _table("Wasted", {text: getattr(spending.wasted, name) for name, text in _WASTED.items()})
    _table("Saved", {text: getattr(spending.saved, name) for name, text in _SAVED.items()})
    wasted, saved = spending.wasted.paid_micros, spending.saved.micros
    say(f"Wasted: {usd(wasted)}{_share(wasted, made.micros)}. Saved: {usd(saved)}.")


def print_json(spending: Spending) -> None:
    """Print the same as one JSON object."""
    wasted, saved = spending.wasted, spending.saved
    print_whole(
        {
            "since": spending.since.isoformat(),
            **_as_json(spending.made),
            "by_model": {name: _as_json(amount) for name, amount in spending.by_model.items()},
            "wasted": {name: _as_json(getattr(wasted, name)) for name in _WASTED}
            | {"paid_usd": as_usd(wasted.paid_micros)},
            "saved": {name: _as_json(getattr(saved, name)) for name in _SAVED}
            | {"usd": as_usd(saved.micros)},
        }
    )


def _table(what: str, amounts: Mapping[str, Amount]) -> None:
    rows = [
        (lines(name), Text(f"{amount.calls:,}", justify="right"), Text(usd(amount.micros), justify="right"))
        for name, amount in amounts.items()
    ]
    print_rows((what, "Calls", "US dollars"), rows)


def _share(part: int, whole: int) -> str:
    return f", {part / whole:.1%} of what was spent" if part and whole else ""


def _as_json(amount: Amount) -> dict[str, object]:
    return {"calls": amount.calls, "usd": as_usd(amount.micros)}
