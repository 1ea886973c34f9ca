import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, ConfigDict, Field

from brickline.llm_routing import (
    InvalidOutput,
    LLMClient,
    NoProvider,
    PermanentLLMError,
    ProviderRefused,
    ProviderRequest,
    ProviderResponse,
    ProviderUnavailable,
    Task,
    TransientLLMError,
)


class Mood(BaseModel):
    model_config = ConfigDict(frozen=True)

    word: str = Field(max_length=20)
    strength: int = Field(ge=0, le=10)


MOOD = Task(name="mood", version=1, instructions="Name the mood.", output=Mood, max_output_tokens=20)


@dataclass(frozen=True)
class StepCall:
    tenant: str
    event_id: UUID
    step: str
    trace_id: str


CALL = StepCall(tenant="default", event_id=uuid4(), step="mood", trace_id="0" * 32)


class Scripted:
    """A provider that gives back what it was told to, and keeps what it was asked."""

    def __init__(self, outcome: str | Exception, *, name: str = "scripted", delay_s: float = 0) -> None:
        self.name = name
        self.model = f"{name}-1"
        self.asked: list[ProviderRequest] = []
        self._outcome = outcome
        self._delay_s = delay_s

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        self.asked.append(request)
        await asyncio.sleep(self._delay_s)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return ProviderResponse(self._outcome, self.model, input_tokens=7, output_tokens=3)


CALM = '{"word": "calm", "strength": 2}'


async def test_generate_gives_the_validated_output() -> None:
    client = LLMClient([Scripted(CALM)])
    assert await client.generate(MOOD, text="Still water.", call=CALL) == Mood(word="calm", strength=2)


async def test_an_answer_says_which_model_gave_it_and_what_it_took() -> None:
    answer = await LLMClient([Scripted(CALM, delay_s=0.01)]).answer(MOOD, text="Still water.", call=CALL)
    assert answer.output == Mood(word="calm", strength=2)
    assert answer.model == "scripted-1"
    assert (answer.input_tokens, answer.output_tokens) == (7, 3)
    assert 0.005 < answer.seconds < 5


async def test_a_provider_is_given_the_task_the_text_and_the_limits() -> None:
    provider = Scripted(CALM)
    await LLMClient([provider], timeout_s=9).generate(MOOD, text="Still water.", call=CALL)
    (request,) = provider.asked
    assert request == ProviderRequest(
        task="mood",
        instructions="Name the mood.",
        text="Still water.",
        schema=Mood.model_json_schema(),
        max_output_tokens=20,
        timeout_s=9,
    )


async def test_an_unavailable_provider_is_passed_over() -> None:
    first, second = Scripted(ProviderUnavailable("first", "HTTP 503")), Scripted(CALM, name="second")
    answer = await LLMClient([first, second]).answer(MOOD, text="Still water.", call=CALL)
    assert answer.model == "second-1"
    assert len(first.asked) == 1


async def test_the_second_provider_is_not_asked_when_the_first_answers() -> None:
    second = Scripted(CALM)
    await LLMClient([Scripted(CALM), second]).generate(MOOD, text="Still water.", call=CALL)
    assert second.asked == []


async def test_a_provider_that_stalls_counts_as_unavailable() -> None:
    client = LLMClient([Scripted(CALM, name="stalled", delay_s=60), Scripted(CALM)], timeout_s=0.02)
    assert (await client.answer(MOOD, text="Still water.", call=CALL)).model == "scripted-1"


async def test_when_all_are_unavailable_the_error_names_each_and_keeps_the_shortest_wait() -> None:
    failures = [
        ProviderUnavailable("a", "HTTP 429", retry_after_s=30),
        ProviderUnavailable("b", "HTTP 503", 4),
    ]
    client = LLMClient([Scripted(failure) for failure in failures])
    with pytest.raises(
        NoProvider, match=r"'mood': a cannot answer now: HTTP 429; b cannot .* HTTP 503"
    ) as caught:
        await client.generate(MOOD, text="Still water.", call=CALL)
    assert caught.value.retry_after_s == 4
    assert caught.value.failures == tuple(failures)
    assert isinstance(caught.value, TransientLLMError)


async def test_without_any_provider_the_error_says_to_add_one() -> None:
    with pytest.raises(NoProvider, match="none is configured"):
        await LLMClient([]).generate(MOOD, text="Still water.", call=CALL)


async def test_a_refusal_is_final() -> None:
    second = Scripted(CALM)
    with pytest.raises(ProviderRefused, match="first refused: not allowed") as caught:
        await LLMClient([Scripted(ProviderRefused("first", "not allowed")), second]).generate(
            MOOD, text="Still water.", call=CALL
        )
    assert isinstance(caught.value, PermanentLLMError)
    assert second.asked == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ('{"word": "calm", "strength": 11}', "strength: .*less than or equal to 10"),
        ('{"word": "calm"}', "strength: Field required"),
        (f'{{"word": "{"calm" * 6}", "strength": 1}}', "word: .*at most 20"),
        ('{"word": "ca', "answer: Invalid JSON"),
        ("", "answer: Invalid JSON"),
        ('{"word": "\ud800", "strength": 2}', "answer: .*unicode"),
        (f'{{"word": "calm", "strength": 2, "more": "{"x" * 400}"}}', "longer than 320 bytes"),
    ],
    ids=["value", "missing", "long", "truncated", "empty", "surrogate", "runaway"],
)
async def test_an_answer_that_does_not_fit_is_an_error_that_says_where(answer: str, problem: str) -> None:
    with pytest.raises(InvalidOutput, match=problem) as caught:
        await LLMClient([Scripted(answer)]).generate(MOOD, text="Still water.", call=CALL)
    assert isinstance(caught.value, PermanentLLMError)
    assert "scripted-1" in str(caught.value)


async def test_an_error_names_the_step_and_the_event_it_happened_in() -> None:
    with pytest.raises(InvalidOutput) as caught:
        await LLMClient([Scripted("{}")]).generate(MOOD, text="Still water.", call=CALL)
    assert str(CALL.event_id) in caught.value.__notes__[0]


async def test_a_fault_in_a_provider_is_not_mistaken_for_unavailability() -> None:
    second = Scripted(CALM)
    with pytest.raises(KeyError):
        await LLMClient([Scripted(KeyError("bug")), second]).generate(MOOD, text="Still water.", call=CALL)
    assert second.asked == []
