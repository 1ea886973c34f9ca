"""What every provider has to do, whatever is behind it: an adapter joins by adding a way to make it."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from brickline.llm_providers import ExtractiveProvider
from brickline.llm_routing import Provider, ProviderRequest, Task

PROVIDERS: dict[str, Callable[[], Provider]] = {"extractive": ExtractiveProvider}

TEXT = """The harbour board met on Tuesday. It approved £40,000 for the repair of the harbour wall, which
the storm broke in two places. The harbour master warned that the repair will close the north quay until
September."""


Theme = Annotated[str, Field(max_length=60)]


class Digest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    summary: str = Field(max_length=300)
    themes: tuple[Theme, ...] = Field(max_length=4)


class Tiny(BaseModel):
    summary: str = Field(max_length=20)
    themes: tuple[Theme, ...] = Field(max_length=1)


@pytest.fixture(params=PROVIDERS, ids=str)
async def provider(request: pytest.FixtureRequest) -> Provider:
    return PROVIDERS[request.param]()


def ask(text: str, output: type[BaseModel] = Digest) -> ProviderRequest:
    task = Task("digest", 1, "Summarise the text and name its themes.", output, max_output_tokens=400)
    return ProviderRequest(
        task.name, task.instructions, text, task.schema, task.max_output_tokens, timeout_s=30
    )


async def test_an_answer_validates_against_the_schema_that_was_asked_for(provider: Provider) -> None:
    response = await provider.complete(ask(TEXT))
    answer = Digest.model_validate_json(response.text)
    assert answer.summary
    assert answer.themes


async def test_an_answer_keeps_to_the_bounds_of_the_schema(provider: Provider) -> None:
    response = await provider.complete(ask(TEXT, Tiny))
    answer = Tiny.model_validate_json(response.text)
    assert answer.summary
    assert len(answer.themes) == 1


async def test_an_answer_names_the_model_that_gave_it(provider: Provider) -> None:
    response = await provider.complete(ask(TEXT))
    assert provider.name
    assert response.model
    assert response.model == provider.model


async def test_tokens_are_never_negative(provider: Provider) -> None:
    response = await provider.complete(ask(TEXT))
    assert response.input_tokens >= 0
    assert response.output_tokens >= 0


async def test_calls_at_the_same_time_do_not_mix_their_texts(provider: Provider) -> None:
    texts = [f"The {name} harbour was closed by a storm on Monday evening." for name in ("Dunmere", "Cotley")]
    responses = await asyncio.gather(*(provider.complete(ask(text)) for text in texts * 5))
    for text, response in zip(texts * 5, responses, strict=True):
        other = next(name for name in ("Dunmere", "Cotley") if name not in text)
        assert other not in response.text


async def test_the_event_loop_is_not_blocked_while_it_answers(provider: Provider) -> None:
    await provider.complete(ask(TEXT))  # loaded, so that imports are not what is looked at
    ticks = 0
    answering = asyncio.create_task(provider.complete(ask(TEXT * 400)))
    while not answering.done():
        await asyncio.sleep(0)
        ticks += 1
    await answering
    assert ticks > 3
