import subprocess
import sys

import pytest
from pydantic import BaseModel, Field

from brickline.llm_providers import ExtractiveProvider
from brickline.llm_routing import ProviderRefused, ProviderRequest, ProviderResponse, Task, Usage


class Insights(BaseModel):
    summary: str = Field(max_length=2000)
    themes: tuple[str, ...] = Field(max_length=12)


class SummaryOnly(BaseModel):
    summary: str = Field(max_length=2000)


class OptionalThemes(BaseModel):
    summary: str | None = Field(default=None, max_length=2000)
    themes: list[str] | None = Field(default=None, max_length=2)
    mood: str = Field(default="", max_length=5)


class WithMood(BaseModel):
    summary: str = Field(max_length=2000)
    mood: str = Field(max_length=20)


class OtherShape(BaseModel):
    summary: int


class NothingKnown(BaseModel):
    mood: str = Field(default="", max_length=20)


class ShortThemes(BaseModel):
    themes: list[str] = Field(max_length=8)


TEXT = "The ferry company sold two ferries. The ferry to Cotley island now runs twice a day."


async def complete(output: type[BaseModel], text: str = TEXT) -> ProviderResponse:
    schema = output.model_json_schema()
    return await ExtractiveProvider().complete(ProviderRequest("task", "Do it.", text, schema, 400, 30))


async def test_it_is_named_extractive_and_meters_no_tokens() -> None:
    provider = ExtractiveProvider()
    await provider.warm_up()
    response = await complete(Insights)
    assert provider.name == "extractive"
    assert response.model.startswith("extractive/yake-")
    assert response.usage == Usage(0, 0)


def test_importing_the_brick_does_not_load_the_libraries() -> None:
    script = "import sys, brickline.llm_providers; print({'yake', 'numpy', 'segtok'} & sys.modules.keys())"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"


def test_loading_the_libraries_prints_nothing() -> None:
    script = (
        "import asyncio; from brickline.llm_providers import *; asyncio.run(ExtractiveProvider().warm_up())"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (loaded.stdout, loaded.stderr) == ("", "")


async def test_the_instructions_do_not_leak_into_the_answer() -> None:
    schema = Task("t", 1, "Praise the zebra.", SummaryOnly, 50).schema
    request = ProviderRequest("t", "Praise the zebra.", TEXT, schema, 400, 30)
    assert "zebra" not in (await ExtractiveProvider().complete(request)).text


async def test_it_fills_only_the_fields_that_the_output_has() -> None:
    assert "themes" not in (await complete(SummaryOnly)).text


async def test_optional_fields_are_filled_within_their_bounds() -> None:
    answer = OptionalThemes.model_validate_json((await complete(OptionalThemes)).text)
    assert answer.summary
    assert answer.summary in TEXT
    assert answer.themes
    assert len(answer.themes) <= 2
    assert answer.mood == ""


@pytest.mark.parametrize(
    ("output", "named"),
    [(WithMood, "needs mood"), (OtherShape, "needs summary"), (NothingKnown, "needs neither")],
)
async def test_a_task_that_requires_more_than_it_can_fill_is_refused(
    output: type[BaseModel], named: str
) -> None:
    with pytest.raises(ProviderRefused, match=rf"extractive refused: it fills 'summary'.*'task' {named}"):
        await complete(output)


async def test_a_theme_longer_than_the_schema_allows_is_left_out() -> None:
    schema = ShortThemes.model_json_schema()
    schema["properties"]["themes"]["items"]["maxLength"] = 6
    request = ProviderRequest("task", "Do it.", TEXT, schema, 400, 30)
    answer = ShortThemes.model_validate_json((await ExtractiveProvider().complete(request)).text)
    assert answer.themes
    assert max(map(len, answer.themes)) <= 6


async def test_blank_text_gives_a_valid_empty_answer() -> None:
    answer = Insights.model_validate_json((await complete(Insights, " \n\t ")).text)
    assert answer == Insights(summary="", themes=())
