"""What goes to a terminal, or to what stands in for one. Loads nothing, for commands that are to be quick."""

import io
import json
import os
import re
import sys

# What could steer a terminal, or turn the direction of what follows.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def steers_nothing(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def json_text(whole: object) -> str:
    """Return what is made of JSON's own types as stdout can show it."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return json.dumps(whole, indent=2, ensure_ascii=encoding.lower() != "utf-8")


def counted(number: int, what: str) -> str:
    """Return so many of a thing, such as "1 call" and "1,200 calls"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def replace_what_cannot_be_shown() -> None:
    """Let a terminal that knows few characters get question marks, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def forget_stdout() -> None:
    """Let Python's last flush go nowhere: whoever read our output has ended."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
