"""Two contracts side by side."""

from collections.abc import Iterator, Mapping

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.described.facts import Facts, facts_of

_NOT_TOLD = "~ $: in a way that has no words here: see the snapshot's own difference"
_NO_FACTS: Mapping[str, Facts] = {}


def differences(old: Contract | None, new: Contract) -> tuple[str, ...]:
    """Return a line for each field that is new (`+`), gone (`-`) or not what it was (`~`), by their names.

    Of a field that is new or gone, those within it are not told. What only one side does, the one that reads
    or the one that writes, is told with that side. Without an `old` one all is new.
    """
    # What is written is closed always: only of what is read it says anything.
    written = _side(None if old is None else old.writer, new.writer, closed=False)
    read = _side(None if old is None else old.reader, new.reader, closed=True)
    lines: list[tuple[str, str]] = []
    for path, line in written:
        lines.append((path, line if (path, line) in read else f"{line} (written)"))
    lines += [(path, f"{line} (read)") for path, line in read if (path, line) not in written]
    if not lines and old is not None and old != new:
        return (_NOT_TOLD,)
    return tuple(line for _, line in sorted(lines, key=lambda each: each[0]))


def _side(old: Schema | None, new: Schema, *, closed: bool) -> dict[tuple[str, str], None]:
    before = facts_of(old, closed=closed) if old else _NO_FACTS
    return dict.fromkeys(_lines(before, facts_of(new, closed=closed)))


def _lines(before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was is None and now is not None:
            if path != "$" and not _within_one(path, after, before) and (told := ", ".join(now.told())):
                yield path, f"+ {path}: {told}"
        elif was is not None and now is None:
            if not _within_one(path, before, after) and any(was.told()):
                yield path, f"- {path}"
        elif was is not None and now is not None and (changed := list(was.changes(now))):
            yield path, f"~ {path}: {'; '.join(changed)}"


def _within_one(path: str, these: Mapping[str, Facts], others: Mapping[str, Facts]) -> bool:
    """Whether a path lies within one that only these have, which is told already; `$` is no field."""
    parent = these[path].parent
    while parent is not None and parent != "$":
        if parent not in others:
            return True
        parent = these[parent].parent
    return False
