"""What live processes read and write, as a person reads it."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from brickline.events import Skew
from brickline.standalone.contracts.matrix import Cell, Column, Difference, Matrix
from brickline.standalone.plain import lines, print_rows, say

_SKEWED, _DIFFERS = "!", "~"


def show(matrices: Sequence[Matrix], *, silent: Iterable[str]) -> None:
    """Print a table for each deployment, and a sentence for each mark in it."""
    for matrix in matrices:
        if len(matrices) > 1 or matrix.deployment != "default":
            say(f"Deployment {matrix.deployment}:")
        headings = ("Topic", *map(_heading, matrix.columns))
        print_rows(headings, [_row(matrix, topic) for topic in matrix.topics])
        for skew in matrix.skews:
            say(f"{_SKEWED} {skew_text(skew)}")
        for difference in matrix.differences:
            say(f"{_DIFFERS} {difference_text(difference)}")
    for service in silent:
        say(f"No process of {service} is heard.")
    if matrices and not any(each.skews or each.differences for each in matrices):
        say("Each reader knows every version that is written.")


def skew_text(skew: Skew) -> str:
    """Say what a reader does not know, what to do, and what becomes of it until then."""
    return f"{skew.says}. Until then it pauses, and loses nothing."


def difference_text(difference: Difference) -> str:
    """Say who has which schema."""
    who = "; ".join(f"{', '.join(names)}: {digest}" for digest, names in difference.digests.items())
    return (
        f"{difference.topic} version {difference.version} is not the same schema everywhere ({who}). Where "
        "`check` accepted the change, either reads what the other writes."
    )


def versions_text(versions: Sequence[int]) -> str:
    """Return versions as people write them: 1-3, 5."""
    runs: list[list[int]] = []
    for version in versions:
        if runs and runs[-1][-1] == version - 1:
            runs[-1][1:] = [version]
        else:
            runs.append([version])
    return ", ".join("-".join(map(str, run)) for run in runs)


def _heading(column: Column) -> str:
    times = f" x{column.instances}" if column.instances > 1 else ""
    return f"{column.service}\n{column.release}{times}"


def _row(matrix: Matrix, topic: str) -> tuple[Text, ...]:
    return (lines(topic), *(_cell(matrix, topic, column) for column in matrix.columns))


def _cell(matrix: Matrix, topic: str, column: Column) -> Text:
    cell = matrix.cells.get((topic, column.service, column.release), Cell())
    skewed = any(
        (skew.topic, skew.reader, skew.release) == (topic, column.service, column.release)
        for skew in matrix.skews
    )
    differs = any(
        each.topic == topic and f"{column.service} {column.release}" in sum(each.digests.values(), ())
        for each in matrix.differences
    )
    marks = f"{_SKEWED if skewed else ''}{_DIFFERS if differs else ''}"
    told = [
        f"{verb} {versions_text(versions)}"
        for verb, versions in (("writes", cell.writes), ("reads", cell.reads))
        if versions
    ]
    if marks and told:
        told[-1] = f"{told[-1]} {marks}"
    return Text("\n".join(told), style="red" if skewed else "")
