"""The map for a terminal: each topic with an arrow from who publishes it to who reads it."""

import textwrap
from collections.abc import Iterator, Sequence

from brickline.contracts.pipeline import Party, Pipeline, Topic

WIDTH = 110
_MARGIN = "  "
_SIDE = (WIDTH - len(_MARGIN) - 9) // 2
"""The most columns that either end of the arrows may take."""
_JOINTS = {  # from the left, to the right, from above, to below
    (True, True, False, False): "─",
    (True, True, False, True): "┬",
    (True, True, True, False): "┴",
    (True, True, True, True): "┼",
    (True, False, False, True): "┐",
    (True, False, True, False): "┘",
    (True, False, True, True): "┤",
    (False, True, False, True): "┌",
    (False, True, True, False): "└",
    (False, True, True, True): "├",
}
_NOBODY = ("", "nobody", "")
_ANY = ("", "any service", "")
_Row = tuple[str, str, str]


def text(pipeline: Pipeline) -> str:
    """Draw the map, no wider than `WIDTH`."""
    ends = [(_producers(topic), _readers(topic)) for topic in pipeline.topics]
    left = _Columns([row for rows, _ in ends for row in rows])
    right = _Columns([row for _, rows in ends for row in rows])
    lines = [*_services(pipeline)]
    for topic, (producers, readers) in zip(pipeline.topics, ends, strict=True):
        lines += ["", _title(topic)]
        lines += _arrows(left.laid_out(producers), right.laid_out(readers), "┄" if topic.announced else "─")
    return "".join(f"{line.rstrip()}\n" for line in lines)


class _Columns:
    """Aligns the tiers, services and groups of one side of the arrows."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        parties = [row for row in rows if row not in (_ANY, _NOBODY)]
        self._widths = [max((len(row[place]) for row in parties), default=0) for place in range(3)]
        self._whole = min(max((len(self._row(row)) for row in rows), default=0), _SIDE)

    def laid_out(self, rows: Sequence[_Row]) -> list[str]:
        """Return each row, all of one width."""
        return [_clipped(self._row(row), self._whole).ljust(self._whole) for row in rows]

    def _row(self, row: _Row) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(row, self._widths, strict=True)).rstrip()


def _services(pipeline: Pipeline) -> Iterator[str]:
    width = max((len(each.service.name) for each in pipeline.services), default=0)
    for each in pipeline.services:
        start = f"tier {each.service.tier}  {_clipped(each.service.name, _SIDE).ljust(min(width, _SIDE))}  "
        projects = ", ".join(each.projects) or "in no project"
        yield from textwrap.wrap(projects, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))


def _title(topic: Topic) -> str:
    said = f"  version {topic.payload.version}" + (", announced" if topic.announced else "")
    return _clipped(topic.name, WIDTH - len(said)) + said


def _producers(topic: Topic) -> list[_Row]:
    if topic.announced and topic.producers:
        return [_ANY]
    return [_row_of(party) for party in topic.producers] or [_NOBODY]


def _readers(topic: Topic) -> list[_Row]:
    return [_row_of(party) for party in topic.readers] or [_NOBODY]


def _row_of(party: Party) -> _Row:
    return str(party.tier), party.service, party.group_id or ""


def _arrows(left: Sequence[str], right: Sequence[str], dash: str) -> Iterator[str]:
    """Join every left end with every right one by a bar."""
    rows = max(len(left), len(right))
    for row in range(rows):
        has_left, has_right = row < len(left), row < len(right)
        joint = _JOINTS.get((has_left, has_right, row > 0, row < rows - 1), "│")
        if joint == "─":
            joint = dash
        tail = dash * 2 if has_left else "  "
        head = f"{dash}►" if has_right else "  "
        start = left[row] if has_left else " " * len(left[0])
        yield f"{_MARGIN}{start}  {tail}{joint}{head}  {right[row] if has_right else ''}"


def _clipped(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"
