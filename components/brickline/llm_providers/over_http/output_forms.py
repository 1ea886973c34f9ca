"""The ways to ask for an answer that fits a schema, and which of them a server takes."""

import json
import re
from collections.abc import Iterator
from enum import StrEnum

from brickline.llm_routing import JsonSchema


class OutputForm(StrEnum):
    """How an answer is held to a schema, strictest first."""

    SCHEMA = "schema"
    """The vendor keeps the model to it while it writes."""
    TOOL = "tool"
    """The answer is the argument of a tool that must be called."""
    JSON = "json"
    """It will be JSON; which, the instructions say."""
    WORDS = "words"
    """Nothing but the instructions say so."""


class FormNotKnown(Exception):
    """Raised when a server does not take an answer's form; it has worked on nothing then."""


class OutputForms:
    """The forms that are left to try, for each task: one that a server did not take is not tried again."""

    def __init__(self, *forms: OutputForm) -> None:
        self._forms = forms
        self._first: dict[str, int] = {}

    def left(self, task: str) -> Iterator[OutputForm]:
        """The forms from the strictest that was not refused; asking for one more drops the one before."""
        start = self._first.get(task, 0)
        for index in range(start, len(self._forms)):
            self._first[task] = index
            yield self._forms[index]

    def is_last(self, form: OutputForm) -> bool:
        """Whether nothing is left after `form`."""
        return form is self._forms[-1]


_NAMES_THE_FORM = re.compile(
    r"response_?format|output_?(?:config|format)|json_?_?schema|response_?(?:json_?)?schema|response_?mime"
    r"|structured.output|invalid schema|grammar|guided",
    re.IGNORECASE,
)


def names_the_form(message: str) -> bool:
    """Whether what a server says about a bad request is about the form asked for."""
    return _NAMES_THE_FORM.search(message) is not None


def in_words(schema: JsonSchema) -> str:
    """What to add to the instructions where nothing else holds the answer to `schema`."""
    return (
        "\n\nAnswer with one JSON object that is valid against this JSON Schema, and with nothing else:\n"
        + json.dumps(schema, ensure_ascii=True, separators=(",", ":"))
    )


_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


def bare_json(text: str) -> str:
    """`text` without what models put around JSON that they were only asked for: thoughts and a code fence."""
    text = _THOUGHT.sub("", text)
    fenced = _FENCED.match(text)
    return (fenced[1] if fenced else text).strip()
