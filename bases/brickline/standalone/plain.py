"""What operators' commands print: tables and sentences for people, JSON for programs, on stdout.

What events, errors and names say is text, never markup, and steers no terminal.
"""

import json
import re
import sys
from datetime import datetime

from pydantic import BaseModel
from rich.table import Table
from rich.text import Text

from brickline.standalone.render import Output

# What could steer a terminal, or turn the direction of what follows.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_OF_IDS = ("Dead letter", "Canary")


def print_json(record: BaseModel) -> None:
    """Print a record as one JSON object."""
    print_whole(record.model_dump(mode="json"))


def print_whole(whole: object) -> None:
    """Print what is made of JSON's own types."""
    readable = sys.stdout.encoding.lower() == "utf-8"
    print(json.dumps(whole, indent=2, ensure_ascii=not readable), flush=True)


def ruled_table(*columns: str) -> Table:
    """Make a table with lines between its rows."""
    made = Table(show_lines=True)
    for column in columns:
        # An id is there to be copied.
        made.add_column(column, overflow="fold", no_wrap=column in _OF_IDS)
    return made


def lines(*of_text: str) -> Text:
    """Return each text on a line of its own."""
    return plain("\n".join(" ".join(line.split()) for line in of_text))


def plain(text: str) -> Text:
    """Return text that a terminal shows and does not obey."""
    return Text(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text))


def at(time: datetime) -> str:
    """Return a time to the second."""
    return f"{time:%Y-%m-%d %H:%M:%S}Z"


def say(sentence: str) -> None:
    """Print a sentence, on as many lines as the terminal makes of it."""
    Output().print(plain(sentence), soft_wrap=True)
