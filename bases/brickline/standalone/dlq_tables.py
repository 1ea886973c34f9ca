"""Dead letters as a person reads them, on stdout. What events and errors say is text, never markup."""

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from brickline.events import (
    Body,
    Death,
    DiscardReport,
    Letter,
    LetterDetail,
    LetterGroup,
    LetterPage,
    ReplayReport,
)
from brickline.standalone.render import Output

# What could steer a terminal, or turn the direction of what follows.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_OF_IDS = ("Dead letter", "Canary")


def print_json(record: BaseModel) -> None:
    """Print a record as one JSON object."""
    _print_json(record.model_dump(mode="json"))


def print_groups_json(groups: Sequence[LetterGroup]) -> None:
    """Print groups as one JSON object."""
    _print_json({"groups": [group.model_dump(mode="json") for group in groups]})


def show_page(page: LetterPage) -> None:
    """Print letters, a row each, and how to go on."""
    table = _table("Dead letter", "Group", "Why")
    for letter in page.items:
        table.add_row(
            _lines(str(letter.dead_letter_id), f"{_time(letter.dead_at)} {letter.state}"),
            _lines(letter.group_id, letter.topic, letter.tenant or "(no event)"),
            _lines(f"{letter.reason} {letter.fingerprint}", letter.error),
        )
    Output().print(table if page.items else "No dead letter matches.")
    if page.next_cursor is not None:
        _say(f"More: add --cursor {page.next_cursor}")


def show_groups(groups: Sequence[LetterGroup]) -> None:
    """Print what failed alike, a row each."""
    table = _table("Letters", "Group", "First, last", "Why")
    for group in groups:
        table.add_row(
            Text(f"{group.letters:,}", justify="right"),
            _lines(group.group_id, group.topic, f"in {group.service}"),
            _lines(_time(group.first_at), _time(group.last_at)),
            _lines(f"{group.reason} {group.fingerprint}", group.sample_error),
        )
    Output().print(table if groups else "No dead letter matches.")


def show_letter(letter: LetterDetail) -> None:
    """Print all about one letter."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in _fields(letter):
        table.add_row(name, _text(value))
    console = Output()
    console.print(table)
    if len(letter.lineage) > 1 or letter.lineage[0].replay:
        console.print("\nLineage")
        for death in letter.lineage:
            console.print(_story(death, letter), soft_wrap=True)
    console.print("\nBody")
    console.print(_text(_pretty(letter.body)), soft_wrap=True)
    for death in letter.lineage:
        if death.dead_letter_id == letter.dead_letter_id and death.replay and death.replay.body:
            console.print("\nBody it was replayed with")
            console.print(_text(_pretty(death.replay.body)), soft_wrap=True)


def show_replay(report: ReplayReport) -> None:
    """Print what was replayed, or would be."""
    show_groups(report.groups)
    if report.canaries:
        table = _table("Canary", "Group", "Outcome")
        for canary in report.canaries:
            told = (canary.outcome, canary.detail) if canary.detail else (canary.outcome,)
            of_kind = _lines(canary.group_id, canary.fingerprint)
            table.add_row(Text(str(canary.dead_letter_id)), of_kind, _lines(*told))
        Output().print(table)
    if report.dry_run:
        letters = sum(group.letters - group.without_event for group in report.groups)
        _say(f"Dry run: {letters:,} would be replayed.")
    else:
        _say(f"Replayed: {report.replayed:,}. Held back: {report.held_back:,}.")
    if report.without_event:
        _say(f"Passed over, as they hold no event and need another body (--edit): {report.without_event:,}.")


def show_discard(report: DiscardReport) -> None:
    """Print what was discarded, or would be."""
    show_groups(report.groups)
    if report.dry_run:
        _say(f"Dry run: {sum(group.letters for group in report.groups):,} would be discarded.")
    else:
        _say(f"Discarded: {report.discarded:,}.")


def _fields(letter: Letter) -> list[tuple[str, str]]:
    closed = letter.closed_at and f" at {_time(letter.closed_at)} by {letter.closed_by}"
    because = f": {letter.discard_reason}" if letter.discard_reason else ""
    fields = [
        ("Dead letter", str(letter.dead_letter_id)),
        ("State", f"{letter.state}{closed or ''}{because}"),
        ("Dead since", _time(letter.dead_at)),
        ("Service", letter.service),
        ("Group", letter.group_id),
        ("Topic", letter.topic),
        ("Event", str(letter.event_id) if letter.tenant else "(its bytes hold no event)"),
        ("Trace", letter.trace_id or ""),
        ("Tenant", letter.tenant or ""),
        ("Reason", letter.reason),
        ("Error", letter.error),
        ("Fingerprint", letter.fingerprint),
        ("Attempts", str(letter.attempts)),
        ("Came from", str(letter.came_from or "")),
    ]
    return [(name, value) for name, value in fields if value]


def _story(death: Death, shown: LetterDetail) -> Text:
    here = " (this letter)" if death.dead_letter_id == shown.dead_letter_id else ""
    story = f"  {_time(death.dead_at)}  {death.dead_letter_id}{here} died: {death.reason}, {death.error}"
    if replay := death.replay:
        edited = " with another body" if replay.edited else ""
        story += f"\n  {_time(replay.replayed_at)}  replayed by {replay.replayed_by}{edited}"
    elif death.state != "dead":
        story += f"; {death.state}"
    return _text(story)


def _pretty(body: Body) -> str:
    """Return the body indented where it is JSON, and as it is where it is not."""
    if body.encoding != "utf-8":
        return f"(bytes, in base64)\n{body.text}"
    try:
        return json.dumps(json.loads(body.text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.text


def _table(*columns: str) -> Table:
    table = Table(show_lines=True)
    for column in columns:
        # An id is there to be copied.
        table.add_column(column, overflow="fold", no_wrap=column in _OF_IDS)
    return table


def _lines(*lines: str) -> Text:
    return _text("\n".join(" ".join(line.split()) for line in lines))


def _text(text: str) -> Text:
    return Text(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text))


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}Z"


def _say(sentence: str) -> None:
    Output().print(Text(sentence), soft_wrap=True)


def _print_json(whole: object) -> None:
    readable = sys.stdout.encoding.lower() == "utf-8"
    print(json.dumps(whole, indent=2, ensure_ascii=not readable), flush=True)
