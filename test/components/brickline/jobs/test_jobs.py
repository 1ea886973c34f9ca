from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from brickline.jobs import (
    MIGRATIONS,
    DocumentAnalysed,
    DocumentFailed,
    DocumentReported,
    DocumentWaiting,
    Job,
    Wait,
    open_job,
    read_job,
)
from brickline.schemas import (
    AnalysisCompleted,
    DataProcessed,
    EventDeadLettered,
    EventDeferred,
    Insights,
    Payload,
    ReportUpdated,
)
from support.tier import TRACE_ID, Tier, running_tier

TWO_O_CLOCK = datetime(2026, 11, 5, 14, tzinfo=UTC)


@pytest.fixture
async def tier(database_url: str) -> AsyncIterator[Tier]:
    consumers = [DocumentWaiting(), DocumentAnalysed(), DocumentReported(), DocumentFailed()]
    async with running_tier(database_url, "ingestion", [MIGRATIONS], consumers) as tier:
        yield tier


async def opened(tier: Tier, *titles: str) -> tuple[UUID, list[UUID]]:
    job_id, ids = uuid4(), [uuid4() for _ in titles]
    async with tier.runtime.transaction(tier.origin(job_id=job_id)) as tx:
        await open_job(tx, job_id, dict(zip(ids, titles, strict=True)))
    return job_id, ids


async def job_of(tier: Tier, job_id: UUID, tenant: str = "acme") -> Job:
    async with tier.database.connection() as connection:
        job = await read_job(connection, tenant, job_id)
    assert job is not None
    return job


def analysed(document_id: UUID) -> AnalysisCompleted:
    insights = Insights(summary="Found.", themes=("one",))
    return AnalysisCompleted(document_id=document_id, title="Title", insights=insights, model="m")


def reported(document_id: UUID) -> ReportUpdated:
    return ReportUpdated(document_id=document_id)


def failed(document_id: UUID, topic: type[Payload] = DataProcessed) -> EventDeadLettered:
    return EventDeadLettered(
        event_id=uuid4(),
        event_topic=topic.topic,
        group_id="analysis",
        reason="permanent",
        error="ValueError: unreadable",
        event_subject=str(document_id),
    )


def waiting(document_id: UUID, until: datetime = TWO_O_CLOCK) -> EventDeferred:
    return EventDeferred(
        event_id=uuid4(),
        event_topic=DataProcessed.topic,
        group_id="analysis",
        waiting_for="budget",
        until=until,
        detail="the hour's budget is spent",
        event_subject=str(document_id),
    )


async def wait_of(tier: Tier, job_id: UUID) -> Wait | None:
    (document,) = (await job_of(tier, job_id)).documents
    return document.waiting


async def test_a_new_job_is_running_with_its_documents_in_their_order(tier: Tier) -> None:
    job_id, ids = await opened(tier, "B", "A", "C")
    job = await job_of(tier, job_id)
    assert (job.state, job.trace_id) == ("running", TRACE_ID)
    assert (job.steps.done, job.steps.total) == (3, 9)
    assert [document.document_id for document in job.documents] == ids
    assert [document.title for document in job.documents] == ["B", "A", "C"]
    assert {document.state for document in job.documents} == {"accepted"}


async def test_each_event_is_a_step_and_the_last_completes_the_job(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(analysed(document_id))
    job = await job_of(tier, job_id)
    assert (job.state, job.steps.done, job.documents[0].state) == ("running", 2, "analysed")
    await tier.happens(reported(document_id))
    job = await job_of(tier, job_id)
    assert (job.state, job.steps.done, job.documents[0].state) == ("completed", 3, "reported")


@pytest.mark.parametrize("order", list(permutations((analysed, reported, failed))))
async def test_a_document_that_was_reported_has_reached_its_end_in_whatever_order_events_come(
    tier: Tier, order: Sequence[Callable[[UUID], Payload]]
) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    for event in (*order, *order):
        await tier.happens(event(document_id))
    job = await job_of(tier, job_id)
    assert job.state == "completed"
    assert job.documents[0].detail is None


async def test_a_document_that_was_given_up_says_why(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(failed(document_id))
    job = await job_of(tier, job_id)
    assert (job.state, job.steps.done, job.documents[0].state) == ("failed", 3, "failed")
    assert job.documents[0].detail == ("analysis gave up data.processed (permanent): ValueError: unreadable")


async def test_a_failed_document_that_is_replayed_goes_on_where_it_failed(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(failed(document_id))
    await tier.happens(analysed(document_id))
    job = await job_of(tier, job_id)
    assert (job.state, job.documents[0].detail) == ("running", None)


async def test_a_late_event_of_an_earlier_step_does_not_hide_a_failure(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(failed(document_id, AnalysisCompleted))
    await tier.happens(analysed(document_id))
    assert (await job_of(tier, job_id)).state == "failed"
    await tier.happens(reported(document_id))
    assert (await job_of(tier, job_id)).state == "completed"


async def test_a_job_whose_documents_ended_differently_is_partial(tier: Tier) -> None:
    job_id, (first, second, third) = await opened(tier, "A", "B", "C")
    await tier.happens(reported(first))
    await tier.happens(failed(second))
    assert (await job_of(tier, job_id)).state == "running"
    await tier.happens(reported(third))
    assert (await job_of(tier, job_id)).state == "partial"


async def test_a_document_that_waits_says_for_what_and_until_when_and_its_job_goes_on(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    assert await wait_of(tier, job_id) is None
    await tier.happens(waiting(document_id))
    job = await job_of(tier, job_id)
    assert (job.state, job.steps.done, job.documents[0].state) == ("running", 1, "accepted")
    assert job.model_dump(mode="json")["documents"][0]["waiting"] == {
        "for": "budget",
        "until": "2026-11-05T14:00:00Z",
        "detail": "the hour's budget is spent",
    }
    assert Job.model_validate_json(job.model_dump_json()) == job


@pytest.mark.parametrize("event", [analysed, failed, reported])
async def test_a_document_that_gets_on_waits_no_more_and_a_late_word_of_its_wait_changes_nothing(
    tier: Tier, event: Callable[[UUID], Payload]
) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(waiting(document_id))
    await tier.happens(event(document_id))
    before = await job_of(tier, job_id)
    assert before.documents[0].waiting is None
    await tier.happens(waiting(document_id))
    assert await job_of(tier, job_id) == before


async def test_of_two_announcements_the_one_made_later_counts_in_whichever_order_they_come(
    tier: Tier,
) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    now, later = datetime.now(UTC), TWO_O_CLOCK + timedelta(hours=1)
    await tier.happens(waiting(document_id, later), occurred_at=now)
    await tier.happens(waiting(document_id), occurred_at=now - timedelta(seconds=1))
    assert [wait.until for wait in [await wait_of(tier, job_id)] if wait] == [later]
    await tier.happens(waiting(document_id), occurred_at=now + timedelta(seconds=1))
    assert [wait.until for wait in [await wait_of(tier, job_id)] if wait] == [TWO_O_CLOCK]


async def test_a_wait_for_ever_can_be_read(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    await tier.happens(waiting(document_id, datetime.max.replace(tzinfo=UTC)))
    wait = await wait_of(tier, job_id)
    assert wait is not None
    assert (wait.until.year, wait.until.tzinfo) == (9999, UTC)


async def test_a_wait_about_no_document_or_an_unknown_one_concerns_no_job(tier: Tier) -> None:
    job_id, _ = await opened(tier, "A")
    await tier.happens(waiting(uuid4()))
    await tier.happens(waiting(uuid4()).model_copy(update={"event_subject": "no document"}))
    assert await wait_of(tier, job_id) is None
    assert await tier.count("dead_letters") == 0


async def test_an_event_delivered_twice_counts_once(tier: Tier) -> None:
    job_id, (document_id,) = await opened(tier, "A")
    event_id = await tier.happens(failed(document_id))
    await tier.happens(analysed(document_id))
    await tier.happens(failed(document_id), event_id=event_id)
    assert (await job_of(tier, job_id)).documents[0].state == "analysed"


async def test_events_about_no_document_or_an_unknown_one_concern_no_job(tier: Tier) -> None:
    job_id, _ = await opened(tier, "A")
    await tier.happens(reported(uuid4()))
    await tier.happens(failed(uuid4()).model_copy(update={"event_subject": None}))
    assert (await job_of(tier, job_id)).state == "running"
    assert await tier.count("dead_letters") == 0


async def test_a_job_of_another_tenant_does_not_exist(tier: Tier) -> None:
    job_id, _ = await opened(tier, "A")
    async with tier.database.connection() as connection:
        assert await read_job(connection, "other", job_id) is None
        assert await read_job(connection, "acme", uuid4()) is None


async def test_a_job_is_opened_with_its_transaction_or_not_at_all(tier: Tier) -> None:
    async def failing() -> None:
        async with tier.runtime.transaction(tier.origin()) as tx:
            await open_job(tx, uuid4(), {uuid4(): "A"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await tier.count("jobs") == await tier.count("job_documents") == 0
