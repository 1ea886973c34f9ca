import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from brickline.analysis import MIGRATIONS, AnalysisConsumer
from brickline.llm_providers import ExtractiveProvider
from brickline.llm_routing import DEFAULT_CATALOGUE, LLMClient, ModelPool
from brickline.schemas import AnalysisCompleted, DataProcessed, EventDeadLettered
from support.analyst import Analyst, analyst_model
from support.tier import Tier, running_tier
from support.waiting import eventually


@pytest.fixture
def provider() -> Analyst:
    return Analyst()


@pytest.fixture
async def tier(database_url: str, provider: Analyst) -> AsyncIterator[Tier]:
    consumers = [AnalysisConsumer(LLMClient(ModelPool.fixed([(analyst_model(), provider)])))]
    async with running_tier(database_url, "analysis", [MIGRATIONS], consumers) as tier:
        yield tier


def part(number: int = 1, of: int = 1, *, document_id: UUID | None = None) -> DataProcessed:
    return DataProcessed(
        document_id=document_id or uuid4(), title="Title", content=f"part {number}", part=number, parts=of
    )


async def test_the_insights_of_a_document_are_published_with_the_model_that_found_them(tier: Tier) -> None:
    document = part()
    await tier.happens(document)
    (completed,) = await tier.published(AnalysisCompleted)
    assert completed.document_id == document.document_id
    assert completed.title == "Title"
    assert completed.model == "analyst/1"
    assert completed.insights.summary == "Says part 1."
    assert completed.insights.themes == ("shared", "part 1")


async def test_the_extractive_provider_finds_what_the_text_says(database_url: str) -> None:
    (model,) = DEFAULT_CATALOGUE.models
    consumers = [AnalysisConsumer(LLMClient(ModelPool.fixed([(model, ExtractiveProvider())])))]
    async with running_tier(database_url, "analysis", [MIGRATIONS], consumers) as tier:
        text = "The night ferry is late. The night ferry needs a second crew by June."
        await tier.happens(DataProcessed(document_id=uuid4(), title="Ferry", content=text))
        (completed,) = await tier.published(AnalysisCompleted)
    assert completed.model.startswith("extractive")
    assert completed.insights.summary in text
    assert any("night ferry" in theme.lower() for theme in completed.insights.themes)


async def test_a_document_of_parts_is_published_once_when_the_last_part_is_done(tier: Tier) -> None:
    document_id, order = uuid4(), [1, 2, 3, 4]
    random.shuffle(order)
    for done, number in enumerate(order, start=1):
        assert await tier.published(AnalysisCompleted) == []
        await tier.happens(part(number, 4, document_id=document_id))
        assert len(await tier.published(AnalysisCompleted)) == (done == 4)
    (completed,) = await tier.published(AnalysisCompleted)
    assert completed.insights.summary == "Says part 1. Says part 2. Says part 3. Says part 4."
    assert completed.insights.themes[0] == "shared"


async def test_parts_that_end_at_the_same_time_are_published_once_and_complete(tier: Tier) -> None:
    ids = [uuid4() for _ in range(10)]
    await asyncio.gather(
        *(tier.happens(part(number, 4, document_id=each)) for each in ids for number in (1, 2, 3, 4))
    )
    completed = await tier.published(AnalysisCompleted)
    assert sorted(each.document_id for each in completed) == sorted(ids)
    assert {len(each.insights.themes) for each in completed} == {5}


async def test_an_event_delivered_twice_is_asked_for_and_published_once(
    tier: Tier, provider: Analyst
) -> None:
    document = part()
    event_id = await tier.happens(document)
    await tier.happens(document, event_id=event_id)
    assert len(provider.asked) == 1
    assert len(await tier.published(AnalysisCompleted)) == 1


async def test_while_no_provider_answers_the_event_is_kept_and_no_attempt_is_used_up(
    tier: Tier, provider: Analyst
) -> None:
    provider.down = True
    happening = asyncio.create_task(tier.happens(part()))
    await eventually(lambda: provider.asked)
    assert not happening.done()
    provider.down = False
    await happening
    assert len(await tier.published(AnalysisCompleted)) == 1
    assert await tier.published(EventDeadLettered) == []


async def test_a_document_that_no_model_will_take_is_given_up_at_once_and_announced(
    tier: Tier, provider: Analyst
) -> None:
    provider.refusing = True
    document = part()
    event_id = await tier.happens(document)
    (letter,) = await tier.published(EventDeadLettered)
    assert (letter.event_id, letter.event_subject) == (event_id, str(document.document_id))
    assert letter.reason == "permanent"
    assert "not this one" in letter.error
    assert len(provider.asked) == 1
    assert await tier.count("analyses") == await tier.count("analysis_parts") == 0


async def test_a_part_that_was_given_up_completes_its_document_when_it_is_replayed(
    tier: Tier, provider: Analyst
) -> None:
    document_id = uuid4()
    await tier.happens(part(1, 2, document_id=document_id))
    provider.refusing = True
    given_up = await tier.happens(part(2, 2, document_id=document_id))
    assert await tier.published(AnalysisCompleted) == []
    provider.refusing = False
    await tier.fetch("delete from inbox where event_id = $1", given_up)  # as a replay does
    await tier.happens(part(2, 2, document_id=document_id), event_id=given_up, group_id="analysis")
    (completed,) = await tier.published(AnalysisCompleted)
    assert completed.insights.summary == "Says part 1. Says part 2."
