from collections.abc import AsyncIterator, Sequence
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from brickline.reporting import (
    MIGRATIONS,
    DocumentInsights,
    FailureRecorder,
    InsightsPending,
    InsightsRecorder,
    ProgressRecorder,
    ThemeReport,
    read_insights,
    read_theme_report,
)
from brickline.schemas import AnalysisCompleted, DataProcessed, EventDeadLettered, Insights, ReportUpdated
from support.tier import TENANT, TRACE_ID, Tier, running_tier


@pytest.fixture
async def tier(database_url: str) -> AsyncIterator[Tier]:
    consumers = [ProgressRecorder(), InsightsRecorder(), FailureRecorder()]
    async with running_tier(database_url, "reporting", [MIGRATIONS], consumers) as tier:
        yield tier


def accepted(document_id: UUID, title: str = "Title") -> DataProcessed:
    return DataProcessed(document_id=document_id, title=title, content="Text")


def analysed(
    document_id: UUID, *themes: str, title: str = "Title", summary: str = "Found."
) -> AnalysisCompleted:
    insights = Insights(summary=summary, themes=themes)
    return AnalysisCompleted(document_id=document_id, title=title, insights=insights, model="m/1")


def failed(document_id: UUID) -> EventDeadLettered:
    return EventDeadLettered(
        event_id=uuid4(),
        event_topic="data.processed",
        group_id="analysis",
        reason="permanent",
        error="ValueError: unreadable",
        event_subject=str(document_id),
    )


async def read(tier: Tier, document_id: UUID, tenant: str = TENANT) -> DocumentInsights | InsightsPending:
    async with tier.database.connection() as connection:
        return await read_insights(connection, tenant, document_id)


async def report(tier: Tier, *, tenant: str = TENANT, limit: int = 20) -> ThemeReport:
    async with tier.database.connection() as connection:
        return await read_theme_report(connection, tenant, limit=limit)


async def themes(tier: Tier) -> list[tuple[str, int]]:
    return [(theme.theme, theme.count) for theme in (await report(tier)).themes]


async def test_a_document_is_unknown_then_being_analysed_then_has_insights(tier: Tier) -> None:
    document_id, job_id = uuid4(), uuid4()
    unknown = await read(tier, document_id)
    assert isinstance(unknown, InsightsPending)
    assert f"No document {document_id} is known here" in unknown.progress
    await tier.happens(accepted(document_id, "Ferry"), job_id=job_id)
    pending = await read(tier, document_id)
    assert isinstance(pending, InsightsPending)
    assert "'Ferry'" in pending.progress
    assert "is being analysed" in pending.progress
    await tier.happens(analysed(document_id, "a", "b", title="Ferry"), job_id=job_id)
    found = await read(tier, document_id)
    assert isinstance(found, DocumentInsights)
    assert (found.title, found.model, found.job_id, found.trace_id) == ("Ferry", "m/1", job_id, TRACE_ID)
    assert found.insights == Insights(summary="Found.", themes=("a", "b"))


async def test_recorded_insights_are_announced_once(tier: Tier) -> None:
    document_id = uuid4()
    event_id = await tier.happens(analysed(document_id))
    await tier.happens(analysed(document_id), event_id=event_id)
    assert await tier.published(ReportUpdated) == [ReportUpdated(document_id=document_id)]


@pytest.mark.parametrize("order", list(permutations(("accepted", "analysed", "failed"))))
async def test_events_in_any_order_end_with_the_insights(tier: Tier, order: Sequence[str]) -> None:
    document_id = uuid4()
    events = {
        "accepted": accepted(document_id, "Ferry"),
        "analysed": analysed(document_id, "a", title="Ferry"),
        "failed": failed(document_id),
    }
    for name in order:
        await tier.happens(events[name])
    found = await read(tier, document_id)
    assert isinstance(found, DocumentInsights)
    assert found.title == "Ferry"
    assert await themes(tier) == [("a", 1)]


async def test_insights_after_nothing_but_a_failure_have_their_title(tier: Tier) -> None:
    document_id = uuid4()
    await tier.happens(failed(document_id))
    await tier.happens(analysed(document_id, title="Ferry"))
    found = await read(tier, document_id)
    assert isinstance(found, DocumentInsights)
    assert found.title == "Ferry"


async def test_a_document_that_was_given_up_says_why_until_a_replay_succeeds(tier: Tier) -> None:
    document_id = uuid4()
    await tier.happens(accepted(document_id))
    await tier.happens(failed(document_id))
    pending = await read(tier, document_id)
    assert isinstance(pending, InsightsPending)
    assert "analysis gave up data.processed (permanent): ValueError: unreadable" in pending.progress
    assert (await report(tier)).documents == 0
    await tier.happens(analysed(document_id))
    assert isinstance(await read(tier, document_id), DocumentInsights)


async def test_a_failure_about_no_document_is_no_concern(tier: Tier) -> None:
    await tier.happens(failed(uuid4()).model_copy(update={"event_subject": None}))
    assert await tier.count("documents") == await tier.count("dead_letters") == 0


async def test_what_a_document_cost_and_how_it_was_answered_can_be_read(tier: Tier) -> None:
    document_id = uuid4()
    told = {"degraded": True, "repaired": True, "cost_micros": 1234}
    await tier.happens(analysed(document_id).model_copy(update=told))
    found = await read(tier, document_id)
    assert isinstance(found, DocumentInsights)
    assert (found.degraded, found.repaired, found.cost_usd) == (True, True, 0.001234)
    assert '"cost_usd":0.001234' in found.model_dump_json()
    await tier.happens(analysed(document_id))
    again = await read(tier, document_id)
    assert isinstance(again, DocumentInsights)
    assert (again.degraded, again.repaired, again.cost_usd) == (False, False, 0)


async def test_a_second_analysis_replaces_the_first_with_its_themes(tier: Tier) -> None:
    document_id = uuid4()
    await tier.happens(analysed(document_id, "old", "kept", summary="Old."))
    await tier.happens(analysed(document_id, "kept", "new", summary="New."))
    found = await read(tier, document_id)
    assert isinstance(found, DocumentInsights)
    assert found.insights.summary == "New."
    assert await themes(tier) == [("kept", 1), ("new", 1)]


@pytest.mark.parametrize(
    "spellings",
    [
        ("battery storage", "Battery Storage", "battery storages"),
        ("late ferry", "Late Ferries", "LATE FERRY"),
        ("The", "the", "THE"),
        ("C++", "c++", "C++"),
        ("蓄電池", "蓄電池", "蓄電池"),
        ("Übergabe", "übergabe", "ÜBERGABE"),
        ("2026", "2026", "2026"),
    ],
    ids=["plural", "ending", "stop word", "symbols", "Japanese", "German", "number"],
)
async def test_spellings_that_differ_in_case_or_plural_are_one_theme(
    tier: Tier, spellings: Sequence[str]
) -> None:
    for spelling in spellings:
        await tier.happens(analysed(uuid4(), spelling))
    assert [count for _, count in await themes(tier)] == [3]


async def test_a_theme_is_spelled_as_most_documents_spell_it(tier: Tier) -> None:
    for spelling in ("Ferry", "ferries", "ferries"):
        await tier.happens(analysed(uuid4(), spelling))
    assert await themes(tier) == [("ferries", 3)]


async def test_a_document_that_names_a_theme_twice_counts_once_under_its_first_spelling(tier: Tier) -> None:
    await tier.happens(analysed(uuid4(), "other", "ferry", "Ferries"))
    assert await themes(tier) == [("other", 1), ("ferry", 1)]


async def test_themes_of_different_meaning_stay_apart(tier: Tier) -> None:
    different = ("late ferry", "ferry crew", "C", "C++", "C#", "boat house", "house boat", "the", "of")
    await tier.happens(analysed(uuid4(), *different))
    assert [theme for theme, _ in await themes(tier)] == list(different)


async def test_themes_stand_by_their_documents_then_by_their_rank(tier: Tier) -> None:
    await tier.happens(analysed(uuid4(), "first", "second", "shared"))
    await tier.happens(analysed(uuid4(), "best", "shared"))
    assert [theme for theme, _ in await themes(tier)] == ["shared", "best", "first", "second"]
    assert [theme.theme for theme in (await report(tier, limit=2)).themes] == ["shared", "best"]


async def test_a_theme_lists_its_documents_oldest_first(tier: Tier) -> None:
    older, newer = uuid4(), uuid4()
    await tier.happens(accepted(older, "Older"))
    await tier.happens(accepted(newer, "Newer"))
    await tier.happens(analysed(newer, "shared", title="Newer"))
    await tier.happens(analysed(older, "shared", title="Older"))
    (theme,) = (await report(tier)).themes
    assert [document.document_id for document in theme.documents] == [older, newer]
    assert [document.title for document in theme.documents] == ["Older", "Newer"]


async def test_tenants_see_nothing_of_each_other(tier: Tier) -> None:
    document_id = uuid4()
    await tier.happens(analysed(document_id, "secret"))
    assert isinstance(await read(tier, document_id, "other"), InsightsPending)
    theirs = await report(tier, tenant="other")
    assert (theirs.documents, theirs.themes) == (0, ())
