"""What every provider has to do, whatever is behind it: an adapter joins by adding a way to make it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field

from brickline.drill.counting_provider import CountingProvider
from brickline.llm_providers import ExtractiveProvider, SmolLM2Provider
from brickline.llm_routing import Provider, ProviderRefused, ProviderRequest, Task
from support.asking import Scripted
from support.vendors.made import VENDORS, talking


@asynccontextmanager
async def extractive() -> AsyncIterator[Provider]:
    yield ExtractiveProvider()


@asynccontextmanager
async def smollm2() -> AsyncIterator[Provider]:
    provider = SmolLM2Provider()
    yield provider
    await provider.aclose()


def vendor(name: str) -> Callable[[], AbstractAsyncContextManager[Provider]]:
    return lambda: talking(VENDORS[name].server(), VENDORS[name].adapter)


@asynccontextmanager
async def counted() -> AsyncIterator[Provider]:
    yield CountingProvider(ExtractiveProvider())


@asynccontextmanager
async def scripted() -> AsyncIterator[Provider]:
    yield Scripted('{"summary": "The wall broke.", "themes": ["harbour wall"]}', delay_s=0.2)


PROVIDERS: dict[str, Callable[[], AbstractAsyncContextManager[Provider]]] = {
    "extractive": extractive,
    "counted, of the drill": counted,
    "scripted, of the tests": scripted,
    "smollm2": smollm2,
    **{name: vendor(name) for name in VENDORS},
}

TEXT = """The harbour board met on Tuesday. It approved £40,000 for the repair of the harbour wall, which
the storm broke in two places. The harbour master warned that the repair will close the north quay until
September."""


Theme = Annotated[str, Field(max_length=40)]


class Digest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    summary: str = Field(max_length=120)
    themes: tuple[Theme, ...] = Field(max_length=2)


class Tiny(BaseModel):
    summary: str = Field(max_length=20)
    themes: tuple[Theme, ...] = Field(max_length=1)


@pytest.fixture(params=PROVIDERS, ids=str)
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    async with PROVIDERS[request.param]() as made:
        yield made


def ask(text: str, output: type[BaseModel] = Digest) -> ProviderRequest:
    task = Task("digest", 1, "Summarise the text and name its themes.", output, max_output_tokens=160)
    return ProviderRequest(
        task.name, task.instructions, text, task.schema, task.max_output_tokens, timeout_s=60
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
    assert response.model.startswith(provider.model)


async def test_tokens_are_never_negative(provider: Provider) -> None:
    response = await provider.complete(ask(TEXT))
    assert response.usage is None or response.usage.input_tokens >= 0
    assert response.usage is None or response.usage.output_tokens >= 0


async def test_calls_at_the_same_time_do_not_mix_their_texts(provider: Provider) -> None:
    texts = [f"The {name} harbour was closed by a storm on Monday evening." for name in ("Dunmere", "Cotley")]
    responses = await asyncio.gather(*(provider.complete(ask(text)) for text in texts * 2))
    for text, response in zip(texts * 2, responses, strict=True):
        other = next(name for name in ("Dunmere", "Cotley") if name not in text)
        assert other not in response.text


async def test_the_event_loop_is_not_blocked_while_it_answers(provider: Provider) -> None:
    await provider.complete(ask(TEXT))  # loaded, so that imports are not what is looked at
    ticks = 0
    answering = asyncio.create_task(provider.complete(ask(TEXT * 400)))
    while not answering.done():
        await asyncio.sleep(0)
        ticks += 1
    with suppress(ProviderRefused):  # it is longer than some contexts
        await answering
    assert ticks > 3
