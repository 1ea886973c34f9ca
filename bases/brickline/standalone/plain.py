"""What operators' commands print: tables and sentences for people, JSON for programs, on stdout.

What events, errors and names say is text, never markup, and steers no terminal.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from brickline.standalone.render import Output
from brickline.standalone.screen import counted, json_text, steers_nothing

__all__ = ["at", "counted", "is_narrow", "lines", "plain", "print_json", "print_rows", "print_whole", "say"]

_OF_IDS = ("Dead letter", "Canary")
_ID_WIDTH = 36
_NARROW = 70


def print_json(record: BaseModel) -> None:
    """Print a record as one JSON object."""
    print_whole(record.model_dump(mode="json"))


def print_whole(whole: object) -> None:
    """Print what is made of JSON's own types."""
    print(json_text(whole), flush=True)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    """Print a table with lines between its rows; on a narrow terminal each row as a block of lines."""
    output = Output()
    if is_narrow(output):
        for row in rows:
            output.print(_block(columns, row), soft_wrap=True)
        return
    table = Table(show_lines=True)
    for column in columns:
        is_id = column in _OF_IDS  # there to be copied
        table.add_column(column, overflow="fold", no_wrap=is_id, min_width=_ID_WIDTH if is_id else None)
    for row in rows:
        table.add_row(*row)
    output.print(table)


def is_narrow(output: Output) -> bool:
    """Tell whether a table with an id would have no room for anything else."""
    return output.width < _NARROW


def _block(columns: Sequence[str], row: Sequence[Text]) -> Text:
    told = (
        cell.plain if column in _OF_IDS else f"{column}: {cell.plain}"
        for column, cell in zip(columns, row, strict=True)
    )
    return Text("\n".join(each.replace("\n", "\n  ") for each in told) + "\n")


def lines(*of_text: str) -> Text:
    """Return each text on a line of its own."""
    return plain("\n".join(" ".join(line.split()) for line in of_text))


def plain(text: str) -> Text:
    """Return text that a terminal shows and does not obey."""
    return Text(steers_nothing(text))


def at(time: datetime) -> str:
    """Return a time to the second."""
    return f"{time:%Y-%m-%d %H:%M:%S}Z"


def say(sentence: str) -> None:
    """Print a sentence, on as many lines as the terminal makes of it."""
    Output().print(plain(sentence), soft_wrap=True)
