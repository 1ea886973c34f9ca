"""The forms of the map."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, assert_never

from brickline.contracts.maps.as_json import as_json
from brickline.contracts.maps.asyncapi.document import asyncapi
from brickline.contracts.maps.mermaid import mermaid
from brickline.contracts.maps.text import text
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.snapshots import Snapshot

Form = Literal["text", "mermaid", "json", "asyncapi"]
Recorded = Mapping[str, Snapshot]
"""Snapshots by topic."""
NOTHING_RECORDED: Recorded = MappingProxyType({})


def render(pipeline: Pipeline, form: Form, recorded: Recorded = NOTHING_RECORDED) -> str:
    """Draw the pipeline; the same pipeline gives the same text, which ends with a newline.

    The AsyncAPI document also has the older versions that are retained, as far as they are `recorded`, and
    for that form alone `UnrepresentableModel` is raised if a payload has no schema.
    """
    match form:
        case "text":
            return text(pipeline)
        case "mermaid":
            return mermaid(pipeline)
        case "json":
            return as_json(pipeline)
        case "asyncapi":
            return asyncapi(pipeline, recorded)
    assert_never(form)
