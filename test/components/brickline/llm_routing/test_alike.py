"""Answers to questions that say the same in other words: off, watched, and used once they are trusted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from brickline.budget import Ledger
from brickline.embeddings import MIGRATIONS, Match, SemanticIndex, ShadowReport, WordLlamaEmbedder
from brickline.llm_routing import LLMClient, Task
from brickline.persistence import Database
from support.asking import CALM, IN_ORDER, MOOD, Mood, Scripted, StepCall, client_of, model_named

QUESTION: Task[Mood] = replace(MOOD, semantic=True)
PAID = model_named(usd_per_mtok="2")
FIRST, ALIKE = "What is the colour of the harbour wall?", "What's the color of the harbour wall?"
OTHER = '{"word": "grey", "strength": 1}'
Mode = Literal["off", "shadow", "on"]


@pytest.fixture
async def index(database: Database) -> SemanticIndex:
    await MIGRATIONS.apply(database)
    return SemanticIndex(database, WordLlamaEmbedder())


def client(provider: Scripted, ledger: Ledger, index: SemanticIndex | None, semantic: Mode) -> LLMClient:
    routing = replace(IN_ORDER, semantic=semantic)
    return client_of((PAID, provider), ledger=ledger, similar=index, routing=routing)


async def ask_both(asking: LLMClient, task: Task[Mood] = QUESTION) -> None:
    await asking.answer(task, FIRST, StepCall())
    await asking.answer(task, ALIKE, StepCall())


async def seen(index: SemanticIndex) -> ShadowReport:
    return await index.report(datetime.now(UTC) - timedelta(hours=1))


async def watch(index: SemanticIndex, *, right: int, wrong: int = 0) -> None:
    for number in range(right + wrong):
        match = Match(b"0" * 16, 0.95, f"question {number}")
        await index.shadow("default", b"scope", f"the question {number}", match, number < right)


async def test_off_every_question_is_asked(ledger: Ledger, index: SemanticIndex) -> None:
    provider = Scripted(CALM)
    await ask_both(client(provider, ledger, index, "off"))
    assert len(provider.asked) == 2
    assert (await seen(index)).hits == 0


@pytest.mark.parametrize(("second", "false_hits"), [(CALM, 0), (OTHER, 1)], ids=["right", "wrong"])
async def test_in_shadow_it_is_asked_and_what_would_have_been_answered_is_compared(
    ledger: Ledger, index: SemanticIndex, second: str, false_hits: int
) -> None:
    provider = Scripted(CALM, second)
    await ask_both(client(provider, ledger, index, "shadow"))
    assert len(provider.asked) == 2
    report = await seen(index)
    assert (report.hits, report.false_hits) == (1, false_hits)


async def test_switched_on_it_is_only_watched_until_enough_were_right(
    ledger: Ledger, index: SemanticIndex
) -> None:
    await watch(index, right=20)
    provider = Scripted(CALM)
    await ask_both(client(provider, ledger, index, "on"))
    assert len(provider.asked) == 2
    assert (await seen(index)).hits == 21


async def test_then_the_answer_is_used_and_costs_nothing(ledger: Ledger, index: SemanticIndex) -> None:
    await watch(index, right=80)
    provider = Scripted(CALM)
    asking = client(provider, ledger, index, "on")
    await asking.answer(QUESTION, FIRST, StepCall())
    answer = await asking.answer(QUESTION, ALIKE, StepCall())
    assert len(provider.asked) == 1
    assert (answer.output, answer.cost_micros) == (Mood(word="calm", strength=2), 0)


async def test_too_many_wrong_ones_end_the_trust(ledger: Ledger, index: SemanticIndex) -> None:
    await watch(index, right=80, wrong=5)
    provider = Scripted(CALM)
    await ask_both(client(provider, ledger, index, "on"))
    assert len(provider.asked) == 2


async def test_another_tenant_a_changed_figure_and_a_task_of_documents_are_asked(
    ledger: Ledger, index: SemanticIndex
) -> None:
    await watch(index, right=80)
    provider = Scripted(CALM)
    asking = client(provider, ledger, index, "on")
    await asking.answer(QUESTION, FIRST, StepCall())
    await asking.answer(QUESTION, ALIKE, StepCall(tenant="another"))
    await asking.answer(QUESTION, FIRST.replace("wall", "wall 7"), StepCall())
    await ask_both(asking, replace(MOOD, version=2))
    assert len(provider.asked) == 5


async def test_whatever_fails_in_it_the_question_is_asked(ledger: Ledger, database: Database) -> None:
    provider = Scripted(CALM)
    without_tables = SemanticIndex(database, WordLlamaEmbedder())
    await ask_both(client(provider, ledger, without_tables, "on"))
    assert len(provider.asked) == 2
