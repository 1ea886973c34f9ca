"""Paused groups as a person reads them, on stdout."""

from collections.abc import Sequence

from brickline.events import PausedGroup
from brickline.standalone.plain import at, lines, print_json, print_rows, print_whole, say

__all__ = ["print_json", "print_paused_json", "show_paused", "show_resumed"]


def print_paused_json(groups: Sequence[PausedGroup]) -> None:
    """Print paused groups as one JSON object."""
    print_whole({"groups": [group.model_dump(mode="json") for group in groups]})


def show_paused(groups: Sequence[PausedGroup]) -> None:
    """Print paused groups, a row each."""
    if not groups:
        say("No group is paused.")
        return
    rows = [
        (
            lines(group.group_id, f"in {group.service}"),
            lines(at(group.paused_at)),
            lines(group.reason),
            lines(f"{group.waiting_in_outboxes:,}"),
            lines(f"{group.dead_letters:,}"),
        )
        for group in groups
    ]
    print_rows(("Group", "Paused since", "Why", "In outboxes", "Dead letters"), rows)
    say("A deployed version that reads the events ends a pause; so does `brickline groups resume GROUP`.")


def show_resumed(ended: PausedGroup) -> None:
    """Say what was done, and what is left to do."""
    say(
        f"Resumed {ended.group_id} in {ended.service}, paused since {at(ended.paused_at)}: {ended.reason}. "
        "Its processes go on within seconds, and pause again if what waits can still not be read."
    )
    say(f"In the outboxes for it: {ended.waiting_in_outboxes:,}.")
    if ended.dead_letters:
        say(
            f"Dead letters of it: {ended.dead_letters:,}. Replay them once it reads what it gets: "
            f"brickline dlq replay --group {ended.group_id}"
        )
