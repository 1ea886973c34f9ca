"""Dead letters as a person reads them, on stdout. What events and errors say is text, never markup."""

import json
from collections.abc import Sequence

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
from brickline.standalone.plain import at, is_narrow, lines, plain, print_json, print_rows, print_whole, say
from brickline.standalone.render import Output

__all__ = [
    "print_groups_json",
    "print_json",
    "show_discard",
    "show_groups",
    "show_letter",
    "show_page",
    "show_replay",
]


_SHOWN_CHARACTERS = 2_000


def print_groups_json(groups: Sequence[LetterGroup]) -> None:
    """Print groups as one JSON object."""
    print_whole({"groups": [group.model_dump(mode="json") for group in groups]})


def show_page(page: LetterPage) -> None:
    """Print letters, a row each, and how to go on."""
    rows = [
        (
            lines(str(letter.dead_letter_id), f"{at(letter.dead_at)} {letter.state}"),
            lines(letter.group_id, letter.topic, letter.tenant or "(no event)"),
            lines(f"{letter.reason} {letter.fingerprint}", letter.error),
        )
        for letter in page.items
    ]
    print_rows(("Dead letter", "Group", "Why"), rows) if rows else say("No dead letter matches.")
    if page.next_cursor is not None:
        say(f"More: add --cursor {page.next_cursor}")


def show_groups(groups: Sequence[LetterGroup]) -> None:
    """Print what failed alike, a row each."""
    rows = [
        (
            Text(f"{group.letters:,}", justify="right"),
            lines(group.group_id, group.topic, f"in {group.service}"),
            lines(at(group.first_at), at(group.last_at)),
            lines(f"{group.reason} {group.fingerprint}", group.sample_error),
        )
        for group in groups
    ]
    print_rows(("Letters", "Group", "First, last", "Why"), rows) if rows else say("No dead letter matches.")


def show_letter(letter: LetterDetail) -> None:
    """Print all about one letter."""
    console = Output()
    if is_narrow(console):
        for name, value in _fields(letter):
            say(f"{name}: {value}")
    else:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for name, value in _fields(letter):
            table.add_row(name, plain(value))
        console.print(table)
    if len(letter.lineage) > 1 or letter.lineage[0].replay:
        console.print("\nLineage")
        for death in letter.lineage:
            console.print(_story(death, letter), soft_wrap=True)
    console.print("\nBody")
    _print_body(console, letter.body)
    for death in letter.lineage:
        if death.dead_letter_id == letter.dead_letter_id and death.replay and death.replay.body:
            console.print("\nBody it was replayed with")
            _print_body(console, death.replay.body)


def show_replay(report: ReplayReport) -> None:
    """Print what was replayed, or would be."""
    show_groups(report.groups)
    if report.canaries:
        rows = [
            (
                lines(str(canary.dead_letter_id)),
                lines(canary.group_id, canary.fingerprint),
                lines(canary.outcome, *([canary.detail] if canary.detail else [])),
            )
            for canary in report.canaries
        ]
        print_rows(("Canary", "Group", "Outcome"), rows)
    if report.dry_run:
        letters = sum(group.letters - group.without_event for group in report.groups)
        say(f"Dry run: {letters:,} would be replayed.")
    else:
        say(f"Replayed: {report.replayed:,}. Held back: {report.held_back:,}.")
    if report.without_event:
        say(f"Passed over, as they hold no event and need another body (--edit): {report.without_event:,}.")


def show_discard(report: DiscardReport) -> None:
    """Print what was discarded, or would be."""
    show_groups(report.groups)
    if report.dry_run:
        say(f"Dry run: {sum(group.letters for group in report.groups):,} would be discarded.")
    else:
        say(f"Discarded: {report.discarded:,}.")


def _fields(letter: Letter) -> list[tuple[str, str]]:
    closed = letter.closed_at and f" at {at(letter.closed_at)} by {letter.closed_by}"
    because = f": {letter.discard_reason}" if letter.discard_reason else ""
    fields = [
        ("Dead letter", str(letter.dead_letter_id)),
        ("State", f"{letter.state}{closed or ''}{because}"),
        ("Dead since", at(letter.dead_at)),
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
    story = f"  {at(death.dead_at)}  {death.dead_letter_id}{here} died: {death.reason}, {death.error}"
    if replay := death.replay:
        edited = " with another body" if replay.edited else ""
        story += f"\n  {at(replay.replayed_at)}  replayed by {replay.replayed_by}{edited}"
    elif death.state != "dead":
        story += f"; {death.state}"
    return plain(story)


def _print_body(console: Output, body: Body) -> None:
    text = _pretty(body)
    console.print(plain(text[:_SHOWN_CHARACTERS]), soft_wrap=True)
    # A lone surrogate, which JSON can spell, has no bytes in UTF-8.
    if more := len(text[_SHOWN_CHARACTERS:].encode(errors="surrogatepass")):
        console.print(f"... and {more:,} more bytes: --json shows all", soft_wrap=True)


def _pretty(body: Body) -> str:
    """Return the body indented where it is JSON, and as it is where it is not."""
    if body.encoding != "utf-8":
        return f"(bytes, in base64)\n{body.text}"
    try:
        return json.dumps(json.loads(body.text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.text
