import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from brickline.documents import MIGRATIONS, Document, IdempotencyKeyReused, Receipt, submit
from brickline.schemas import MAX_INLINE_BYTES, DataProcessed
from support.tier import TRACE_ID, Tier, running_tier
from support.waiting import eventually


@pytest.fixture
async def tier(database_url: str) -> AsyncIterator[Tier]:
    async with running_tier(database_url, "ingestion", [MIGRATIONS]) as tier:
        yield tier


async def submitted(tier: Tier, *texts: str, key: str | None = None, tenant: str = "acme") -> Receipt:
    job_id = uuid4()
    documents = [Document.create(text) for text in texts]
    async with tier.runtime.transaction(tier.origin(tenant=tenant, job_id=job_id)) as tx:
        return await submit(tx, job_id, documents, idempotency_key=key)


async def stored(tier: Tier) -> set[UUID]:
    return {row["document_id"] for row in await tier.fetch("select document_id from documents")}


async def test_a_document_is_stored_and_announced_together(tier: Tier) -> None:
    receipt = await submitted(tier, "# Title\n\nText")
    (announced,) = await tier.published(DataProcessed)
    assert await stored(tier) == {announced.document_id} == set(receipt.document_ids)
    assert (announced.title, announced.content) == ("Title", "# Title\n\nText")
    assert (announced.part, announced.parts) == (1, 1)
    assert receipt.trace_id == TRACE_ID
    assert not receipt.repeated


async def test_a_transaction_that_fails_leaves_nothing(tier: Tier) -> None:
    async def failing() -> None:
        async with tier.runtime.transaction(tier.origin()) as tx:
            await submit(tx, uuid4(), [Document.create("Text")], idempotency_key="k")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert [await tier.count(table) for table in ("documents", "idempotency_keys", "outbox")] == [0, 0, 0]


async def test_several_documents_are_announced_one_by_one_under_one_job(tier: Tier) -> None:
    receipt = await submitted(tier, "One", "Two")
    announced = await tier.published(DataProcessed)
    assert tuple(each.document_id for each in announced) == receipt.document_ids
    assert [each.content for each in announced] == ["One", "Two"]


async def test_a_long_document_is_announced_in_parts_that_rejoin(tier: Tier) -> None:
    text = "A sentence of several words. " * (2 * MAX_INLINE_BYTES // 29)
    await submitted(tier, text)
    announced = await tier.published(DataProcessed)
    assert "".join(each.content for each in announced) == text
    assert [each.part for each in announced] == list(range(1, len(announced) + 1))
    assert {each.parts for each in announced} == {len(announced)}
    assert len({each.document_id for each in announced}) == 1


async def test_parts_that_show_nothing_are_not_announced(tier: Tier) -> None:
    text = "Start." + " " * (3 * MAX_INLINE_BYTES) + "End."
    await submitted(tier, text)
    announced = await tier.published(DataProcessed)
    assert [each.content.strip() for each in announced] == ["Start.", "End."]
    assert [(each.part, each.parts) for each in announced] == [(1, 2), (2, 2)]
    assert (await tier.fetch("select content from documents"))[0]["content"] == text


async def test_a_key_that_comes_back_with_the_same_document_returns_the_first_receipt(tier: Tier) -> None:
    first = await submitted(tier, "Text", key="k")
    again = await submitted(tier, "Text", key="k")
    assert again.repeated
    assert (again.job_id, again.document_ids, again.trace_id) == (
        first.job_id,
        first.document_ids,
        first.trace_id,
    )
    assert await tier.count("documents") == 1
    assert len(await tier.published(DataProcessed)) == 1


async def test_submissions_of_one_key_at_the_same_time_store_one_document(tier: Tier) -> None:
    receipts = await asyncio.gather(*(submitted(tier, "Text", key="k") for _ in range(20)))
    assert len({receipt.document_ids for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert await tier.count("documents") == 1


async def test_of_two_documents_under_one_key_at_the_same_time_one_is_refused(tier: Tier) -> None:
    outcomes = await asyncio.gather(
        submitted(tier, "One", key="k"), submitted(tier, "Two", key="k"), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {Receipt, IdempotencyKeyReused}
    assert await tier.count("documents") == 1


async def test_a_submission_waits_for_one_of_the_same_key_and_takes_over_if_that_fails(tier: Tier) -> None:
    first_wrote, first_may_fail = asyncio.Event(), asyncio.Event()

    async def failing() -> None:
        async with tier.runtime.transaction(tier.origin()) as tx:
            await submit(tx, uuid4(), [Document.create("Text")], idempotency_key="k")
            first_wrote.set()
            await first_may_fail.wait()
            raise ZeroDivisionError

    async def second_waits() -> bool:
        waiting = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return bool(await tier.fetch(waiting))

    first = asyncio.create_task(failing())
    await first_wrote.wait()
    second = asyncio.create_task(submitted(tier, "Text", key="k"))
    await eventually(second_waits)
    first_may_fail.set()
    with pytest.raises(ZeroDivisionError):
        await first
    receipt = await second
    assert not receipt.repeated
    assert await stored(tier) == set(receipt.document_ids)


@pytest.mark.parametrize("other", [("Other",), ("Text", "Text"), ("Tex", "t")])
async def test_a_key_that_comes_back_with_other_documents_is_refused(
    tier: Tier, other: tuple[str, ...]
) -> None:
    await submitted(tier, "Text", key="k")
    with pytest.raises(IdempotencyKeyReused, match="'k'"):
        await submitted(tier, *other, key="k")
    assert await tier.count("documents") == 1


async def test_keys_of_different_tenants_have_nothing_to_do_with_each_other(tier: Tier) -> None:
    mine = await submitted(tier, "Text", key="k")
    theirs = await submitted(tier, "Other", key="k", tenant="other")
    assert not theirs.repeated
    assert mine.document_ids != theirs.document_ids
