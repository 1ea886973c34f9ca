"""What a question becomes, whoever answers it; without books."""

import pytest

from brickline.llm_routing import (
    InvalidOutput,
    NoProvider,
    PermanentLLMError,
    ProviderRefused,
    ProviderRequest,
    ProviderUnavailable,
    TransientLLMError,
)
from support.asking import CALM, MOOD, TEXT, Mood, Scripted, StepCall, client_of, model_named

CALL = StepCall()


async def test_generate_gives_the_validated_output() -> None:
    client = client_of(Scripted(CALM))
    assert await client.generate(MOOD, TEXT, CALL) == Mood(word="calm", strength=2)


async def test_an_answer_says_which_model_gave_it_and_what_it_took() -> None:
    answer = await client_of(Scripted(CALM, delay_s=0.01)).answer(MOOD, TEXT, CALL)
    assert answer.output == Mood(word="calm", strength=2)
    assert answer.model == "scripted-1"
    assert 0.005 < answer.seconds < 5


async def test_a_provider_is_given_the_task_the_text_and_the_limits() -> None:
    provider = Scripted(CALM)
    await client_of((model_named(timeout_s=9.0), provider)).generate(MOOD, TEXT, CALL)
    (request,) = provider.asked
    assert request == ProviderRequest(
        task="mood",
        instructions="Name the mood.",
        text=TEXT,
        schema=Mood.model_json_schema(),
        max_output_tokens=20,
        timeout_s=9,
    )


async def test_an_unavailable_provider_is_passed_over() -> None:
    first, second = Scripted(ProviderUnavailable("first", "HTTP 503")), Scripted(CALM, name="second")
    answer = await client_of(first, second).answer(MOOD, TEXT, CALL)
    assert answer.model == "second-1"
    assert len(first.asked) == 1


async def test_the_second_provider_is_not_asked_when_the_first_answers() -> None:
    second = Scripted(CALM, name="second")
    await client_of(Scripted(CALM), second).generate(MOOD, TEXT, CALL)
    assert second.asked == []


async def test_a_provider_that_stalls_counts_as_unavailable() -> None:
    client = client_of((model_named("stalled", timeout_s=0.02), Scripted(CALM, delay_s=60)), Scripted(CALM))
    assert (await client.answer(MOOD, TEXT, CALL)).model == "scripted-1"


async def test_when_all_are_unavailable_the_error_names_each_and_keeps_the_shortest_wait() -> None:
    failures = [
        ProviderUnavailable("a", "HTTP 429", retry_after_s=30),
        ProviderUnavailable("b", "HTTP 503", 4),
    ]
    client = client_of(*(Scripted(failure, name=failure.provider) for failure in failures))
    with pytest.raises(
        NoProvider, match=r"'mood': a cannot answer now: HTTP 429; b cannot .* HTTP 503"
    ) as caught:
        await client.generate(MOOD, TEXT, CALL)
    assert caught.value.retry_after_s == 4
    assert caught.value.failures == tuple(failures)
    assert isinstance(caught.value, TransientLLMError)


async def test_without_any_provider_the_error_says_to_add_one() -> None:
    with pytest.raises(NoProvider, match="none is configured"):
        await client_of().generate(MOOD, TEXT, CALL)


async def test_a_refusal_is_final() -> None:
    second = Scripted(CALM, name="second")
    with pytest.raises(ProviderRefused, match="first refused: not allowed") as caught:
        await client_of(Scripted(ProviderRefused("first", "not allowed")), second).generate(MOOD, TEXT, CALL)
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
        await client_of(Scripted(answer)).generate(MOOD, TEXT, CALL)
    assert isinstance(caught.value, PermanentLLMError)
    assert "scripted-1" in str(caught.value)


async def test_an_error_names_the_step_and_the_event_it_happened_in() -> None:
    with pytest.raises(InvalidOutput) as caught:
        await client_of(Scripted("{}")).generate(MOOD, TEXT, CALL)
    assert str(CALL.event_id) in caught.value.__notes__[0]


async def test_a_fault_in_a_provider_is_not_mistaken_for_unavailability() -> None:
    second = Scripted(CALM, name="second")
    with pytest.raises(KeyError):
        await client_of(Scripted(KeyError("bug")), second).generate(MOOD, TEXT, CALL)
    assert second.asked == []
