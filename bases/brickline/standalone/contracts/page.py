"""Text for people: wrapped on a terminal, a line per sentence elsewhere, so that `grep` finds it whole."""

import re
import shutil
import sys
import textwrap

from brickline.standalone.screen import steers_nothing

_WIDEST = 110
_NARROWEST = 20
_LABEL = 12
_CODE = re.compile(r"`[^`]*`")
_TIED = "\x00"
"""Stands for a space at which no line ends."""


class Page:
    """Lines, from top to bottom."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        on_terminal = sys.stdout is not None and sys.stdout.isatty()
        self._width = min(_WIDEST, shutil.get_terminal_size().columns) if on_terminal else None

    def say(self, text: str, indent: int = 0, hang: int = 0, *, label: str = "") -> None:
        """Add a sentence at `indent`, `label` before it; what is too long goes on `hang` further in."""
        margin = label.ljust(indent)
        text = " ".join(steers_nothing(text).split())
        if self._width is None or len(margin) + len(text) <= self._width:
            self._lines.append(margin + text)
            return
        self._lines += textwrap.wrap(
            text,
            max(self._width, indent + hang + _NARROWEST),
            initial_indent=margin,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )

    def item(self, text: str) -> None:
        """Add a sentence as one of a list."""
        self.say(f"- {text}", 2, 2)

    def labelled(self, label: str, text: str, indent: int) -> None:
        """Add a sentence in a column of its own, beside what it is about."""
        self.say(text, indent + _LABEL, 2, label=f"{' ' * indent}{label}")

    def wrapped(self, label: str, text: str, indent: int) -> None:
        """Add such a sentence that is wrapped elsewhere too; what is code in it is not cut, to be copied."""
        margin = f"{' ' * indent}{label}".ljust(indent + _LABEL)
        self._lines += [
            line.replace(_TIED, " ")
            for line in textwrap.wrap(
                _CODE.sub(lambda code: code[0].replace(" ", _TIED), " ".join(steers_nothing(text).split())),
                max(self._width or _WIDEST, len(margin) + _NARROWEST),
                initial_indent=margin,
                subsequent_indent=" " * (len(margin) + 2),
                break_on_hyphens=False,
                break_long_words=False,
            )
        ]

    def keep(self, label: str, text: str, indent: int) -> None:
        """Add such a line that is to be copied as it is."""
        self._lines.append(f"{' ' * indent}{label:<{_LABEL}}{steers_nothing(text)}")

    def gap(self) -> None:
        """Add an empty line, unless there is one, or nothing is above it."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self._lines).rstrip("\n")
