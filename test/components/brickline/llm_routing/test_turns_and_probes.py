"""A turn of a rate limit, and the probe of a model that failed, are taken by calls that are made."""

import asyncio
from dataclasses import replace

import pytest

from brickline.budget import Budgets, Ledger, Period, Scope
from brickline.llm_routing import (
    LLMClient,
    ModelStates,
    NoProvider,
    ProviderUnavailable,
    RateLimited,
    WaitingForBudget,
)
from brickline.persistence import Database
from support.asking import CALM, MOOD, TEXT, WRONG, Scripted, StepCall, client_of, model_named

PAID = model_named(usd_per_mtok="2")


@pytest.fixture
def states(database: Database) -> ModelStates:
    return ModelStates(database, failures_to_open=1, open_s=0.3, probe_s=60)


def client(provider: Scripted, ledger: Ledger, states: ModelStates, **changes: object) -> LLMClient:
    return client_of((replace(PAID, **changes), provider), ledger=ledger, states=states)  # type: ignore[arg-type]


async def test_those_who_wait_for_an_equal_question_take_no_turns(
    ledger: Ledger, states: ModelStates
) -> None:
    provider = Scripted(CALM, delay_s=1.5)
    asking = client(provider, ledger, states, rpm=60)  # 6 at once
    answers = await asyncio.gather(*(asking.answer(MOOD, TEXT, StepCall()) for _ in range(40)))
    assert len(provider.asked) == 1
    assert len(answers) == 40


async def test_each_correction_takes_a_turn_too(ledger: Ledger, states: ModelStates) -> None:
    provider = Scripted(WRONG)
    with pytest.raises(RateLimited):
        await client(provider, ledger, states, rpm=1).answer(MOOD, TEXT, StepCall())
    assert len(provider.asked) == 1


async def test_a_question_that_is_known_does_not_take_the_probe(ledger: Ledger, states: ModelStates) -> None:
    known = StepCall()
    await client(Scripted(CALM), ledger, states).answer(MOOD, TEXT, known)
    await fail_once(ledger, states)
    provider = Scripted(CALM)
    asking = client(provider, ledger, states)
    await asking.answer(MOOD, TEXT, known)
    await asking.answer(MOOD, "Other water.", StepCall())
    assert len(provider.asked) == 1


async def test_a_tenant_without_money_waits_for_it_and_leaves_the_probe_to_others(
    ledger: Ledger, states: ModelStates, database: Database
) -> None:
    await Budgets(database).set_limit(Scope.tenant("poor"), Period.DAY, 1)
    await fail_once(ledger, states)
    provider = Scripted(CALM)
    asking = client(provider, ledger, states)
    for _ in range(3):
        with pytest.raises(WaitingForBudget):
            await asking.answer(MOOD, TEXT, StepCall(tenant="poor"))
    await asking.answer(MOOD, TEXT, StepCall(tenant="rich"))
    assert len(provider.asked) == 1


async def test_a_probe_whose_answer_is_wrong_is_put_right_by_the_same_worker(
    ledger: Ledger, states: ModelStates
) -> None:
    await fail_once(ledger, states)
    provider = Scripted(WRONG, CALM)
    assert (await client(provider, ledger, states).answer(MOOD, TEXT, StepCall())).repaired
    await client(provider, ledger, states).answer(MOOD, "Other water.", StepCall())
    assert len(provider.asked) == 3


async def fail_once(ledger: Ledger, states: ModelStates) -> None:
    """Open the breaker, and wait until it is half open."""
    failing = Scripted(ProviderUnavailable("scripted", "HTTP 503"))
    with pytest.raises(NoProvider):
        await client(failing, ledger, states).answer(MOOD, "Rough water.", StepCall())
    await asyncio.sleep(0.4)
    await states.refresh()
