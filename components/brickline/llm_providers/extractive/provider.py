"""The offline provider that needs no model."""

import asyncio
import json
from importlib.metadata import version

from pydantic import JsonValue

from brickline.llm_providers.extractive.digest import LONGEST_SUMMARY, digest
from brickline.llm_providers.extractive.output_fields import OutputFields, output_fields
from brickline.llm_routing import ProviderRequest, ProviderResponse, Usage


class ExtractiveProvider:
    """Answers with sentences and phrases of the text itself: no language model, and it ignores instructions.

    It fills an output's `summary: str` and `themes: list[str]` and refuses a task that requires more. It
    charges for nothing. The first call loads yake (about a second) unless `warm_up` was awaited before.
    """

    name = "extractive"

    def __init__(self) -> None:
        self.model = f"extractive/yake-{version('yake')}"

    async def warm_up(self) -> None:
        """Load the libraries and word lists, so that the first document doesn't wait for them."""
        await asyncio.to_thread(digest, "Warm up.")

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        """Fill the fields of `request.schema`; raises `ProviderRefused` where it requires others."""
        fields = output_fields(request.task, request.schema)
        text = await asyncio.to_thread(_fill, request.text, fields)
        return ProviderResponse(text, self.model, Usage(0, 0))


def _fill(text: str, fields: OutputFields) -> str:
    found = digest(text, LONGEST_SUMMARY if fields.summary_length is None else fields.summary_length)
    output: dict[str, JsonValue] = {}
    if fields.summary_length is not None:
        output["summary"] = found.summary
    if fields.theme_count is not None:
        fitting = [theme for theme in found.themes if len(theme) <= fields.theme_length]
        output["themes"] = [*fitting[: fields.theme_count]]
    return json.dumps(output, ensure_ascii=False)
