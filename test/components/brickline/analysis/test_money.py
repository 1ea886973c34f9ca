"""What budgets and models do to an analysis shows in what it publishes."""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from brickline.analysis import MIGRATIONS, AnalysisConsumer
from brickline.budget import MIGRATIONS as LEDGER
from brickline.budget import Budgets, Ledger, Period, Scope
from brickline.llm_routing import LLMClient, ModelPool, Routing, Usage, Weights, WhenSpent
from brickline.persistence import Database
from brickline.schemas import AnalysisCompleted, DataProcessed, EventDeadLettered, EventDeferred
from support.analyst import Analyst, analyst_model
from support.tier import Tier, running_tier
from support.waiting import eventually

QUALITY_ALONE = Weights(cost=0, latency=0, quality=1)
DOCUMENT_ID = uuid4()


def running(
    database_url: str, *providers: Analyst, when_spent: WhenSpent = WhenSpent.DEGRADE
) -> AbstractAsyncContextManager[Tier]:
    """The tier with the providers as models, the first one at a price and best, the others free."""
    models = [
        (analyst_model(each.name, usd_per_mtok=1 - bool(number), quality=1 - number / 2), each)
        for number, each in enumerate(providers)
    ]

    def consumers(database: Database) -> list[AnalysisConsumer]:
        pool = ModelPool.fixed(models, Routing(weights=QUALITY_ALONE, when_spent=when_spent))
        return [AnalysisConsumer(LLMClient(pool, ledger=Ledger(database)))]

    return running_tier(database_url, "analysis", [MIGRATIONS, LEDGER], consumers)


def document(part: int = 1, parts: int = 1) -> DataProcessed:
    return DataProcessed(
        document_id=DOCUMENT_ID, title="Ferry", content=f"The ferry {part}.", part=part, parts=parts
    )


async def limit(tier: Tier, micros: int, period: Period = Period.HOUR) -> None:
    await Budgets(tier.database).set_limit(Scope.overall(), period, micros)


async def test_cost_and_model_of_a_document_are_published(database_url: str) -> None:
    async with running(database_url, Analyst("dear")) as tier:
        await tier.happens(document())
        (completed,) = await tier.published(AnalysisCompleted)
    assert (completed.model, completed.cost_micros) == ("dear/1", 110)
    assert not completed.degraded
    assert not completed.repaired


async def test_a_document_that_a_lesser_model_took_for_want_of_budget_is_degraded(database_url: str) -> None:
    async with running(database_url, Analyst("dear"), Analyst("free")) as tier:
        await limit(tier, 0)
        await tier.happens(document())
        (completed,) = await tier.published(AnalysisCompleted)
    assert (completed.model, completed.cost_micros, completed.degraded) == ("free/1", 0, True)


async def test_one_degraded_part_makes_the_document_degraded_and_the_costs_add_up(database_url: str) -> None:
    async with running(database_url, Analyst("dear"), Analyst("free")) as tier:
        await tier.happens(document(1, 3))
        await tier.happens(document(3, 3))
        await limit(tier, 0)
        await tier.happens(document(2, 3))
        (completed,) = await tier.published(AnalysisCompleted)
    assert (completed.model, completed.cost_micros) == ("dear/1, free/1", 220)
    assert completed.degraded


async def test_an_answer_that_was_put_right_says_so_and_costs_both_attempts(database_url: str) -> None:
    careless = Analyst("dear")
    careless.careless = True
    async with running(database_url, careless) as tier:
        await tier.happens(document())
        (completed,) = await tier.published(AnalysisCompleted)
    assert (completed.repaired, completed.cost_micros) == (True, 220)


async def test_an_event_without_budget_waits_for_the_next_window_and_that_is_announced(
    database_url: str,
) -> None:
    dear = Analyst("dear")
    dear.usage = Usage(9000, 1000)
    async with running(database_url, dear, when_spent=WhenSpent.DEFER) as tier:
        await limit(tier, 10_000, Period.DAY)
        await tier.happens(document(1, 2))
        event_id = await tier.happens(document(2, 2))
        (told,) = await tier.published(EventDeferred)
        (waiting,) = await tier.fetch("select * from outbox where group_id = 'analysis'")
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert (told.event_id, told.document_id, told.waiting_for) == (event_id, DOCUMENT_ID, "budget")
    assert told.until == waiting["due_at"] == midnight
    assert waiting["attempt"] == 1
    assert dear.asked == ["The ferry 1."]


async def test_a_document_that_waited_is_analysed_once_there_is_budget(database_url: str) -> None:
    async with running(database_url, Analyst("dear"), when_spent=WhenSpent.DEFER) as tier:
        await limit(tier, 0)
        await tier.happens(document())
        await limit(tier, 1_000_000)
        await tier.fetch("update outbox set due_at = now() where group_id = 'analysis'")

        async def analysed() -> bool:
            return len(await tier.published(AnalysisCompleted)) == 1

        await eventually(analysed)
        assert await tier.published(EventDeadLettered) == []


async def test_a_document_whose_budget_refuses_is_given_up_and_says_so(database_url: str) -> None:
    async with running(database_url, Analyst("dear"), when_spent=WhenSpent.REFUSE) as tier:
        await limit(tier, 0)
        await tier.happens(document())
        (letter,) = await tier.published(EventDeadLettered)
    assert (letter.reason, letter.error.split(":")[0]) == ("permanent", "BudgetRefused")
