"""A dead letter of an old release is replayed to the next one: as it is, edited, a canary first."""

import json
from typing import Any
from uuid import UUID

from brickline.events import (
    CanaryOutcome,
    Consumer,
    EventContext,
    LetterFilter,
    PermanentError,
    ReplayOrder,
    holdings,
)
from brickline.schemas import peek
from support.graveyard import desk_of, letters, mourner, until_dead
from support.releases import TOPIC, FirstOrdered, ThirdOrdered, first, publish, settle_third, third
from support.shop import Shop, consumer
from support.waiting import eventually

IN_WATCH = ReplayOrder(by="ada")
EVERYTHING = LetterFilter()


def upgraded() -> Consumer[Any]:
    return consumer(settle_third, of=ThirdOrdered)


async def bury_first(shop: Shop, count: int, **faults: Any) -> dict[int, UUID]:
    """Let the release before give up so many orders, some fields as `faults` say; return their letters."""

    async def give_up(event: FirstOrdered, _context: EventContext) -> None:
        raise PermanentError(f"out of {('paint', 'glue')[event.number % 2]}")

    async with shop.running(consumer(give_up, of=FirstOrdered), mourner()):
        orders = [first(n).model_copy(update=faults) for n in range(count)]
        numbers = dict(zip(await publish(shop, orders), range(count), strict=True))
        buried = await until_dead(shop, count)
        await eventually(lambda: is_sent(shop))
    assert (await holdings(shop.database, TOPIC, 1)).dead_letters == count
    return {numbers[letter.event_id]: letter.dead_letter_id for letter in buried}


async def is_sent(shop: Shop) -> bool:
    return await shop.waiting() == []


async def body_of(shop: Shop, letter_id: UUID) -> dict[str, Any]:
    return dict(json.loads((await desk_of(shop).show(letter_id)).body.text))


async def assert_each_once(shop: Shop, count: int) -> None:
    """Every order had its effect once, and no letter is open."""
    assert await shop.effects() == list(range(count))
    assert await letters(shop, state="dead") == await shop.waiting() == []
    assert (await holdings(shop.database, TOPIC, 1)).nothing


async def test_the_next_release_settles_what_the_one_before_gave_up(shop: Shop) -> None:
    await bury_first(shop, 20)
    async with shop.running(upgraded(), mourner()):
        report = await desk_of(shop).replay(EVERYTHING, IN_WATCH)
        await shop.until_settled(20)
    assert [canary.outcome for canary in report.canaries] == [CanaryOutcome.SETTLED] * 2
    assert (report.replayed, report.held_back) == (20, 0)
    await assert_each_once(shop, 20)


async def test_a_canary_that_cannot_be_upcast_holds_the_others_back(shop: Shop) -> None:
    """Nothing is burned: they wait for a release whose upcaster knows such data."""
    await bury_first(shop, 20, price="free")
    async with shop.running(upgraded(), mourner()):
        report = await desk_of(shop).replay(EVERYTHING, IN_WATCH)
        await eventually(lambda: is_sent(shop))
    assert [canary.outcome for canary in report.canaries] == [CanaryOutcome.DEAD_AGAIN] * 2
    assert all("version 2 cannot be upcast to 3" in canary.detail for canary in report.canaries)
    assert (report.replayed, report.held_back) == (2, 18)
    assert len(await letters(shop, state="dead")) == 20
    assert (await holdings(shop.database, TOPIC, 1)).dead_letters == 20
    assert await shop.effects() == []


async def test_a_letter_is_edited_in_its_own_version_or_in_the_newest(shop: Shop) -> None:
    """An operator who mends the data of version 1 need not know what it is called today, but may."""
    buried = await bury_first(shop, 2, price="free")
    mended, rewritten = [await body_of(shop, buried[n]) for n in range(2)]
    mended["data"] = first(0).model_dump()
    rewritten |= {"dataschema": f"urn:brickline:schema:{TOPIC}:3", "data": third(1).model_dump()}
    async with shop.running(upgraded(), mourner()):
        for number, body in enumerate((mended, rewritten)):
            edited = json.dumps(body).encode()
            report = await desk_of(shop).replay_edited(buried[number], edited, IN_WATCH)
            assert [canary.outcome for canary in report.canaries] == [CanaryOutcome.SETTLED]
        await shop.until_settled(2)
    await assert_each_once(shop, 2)


async def test_a_replay_that_waits_in_the_outbox_over_the_deploy_is_sent_by_the_next_release(
    shop: Shop,
) -> None:
    await bury_first(shop, 10)
    await desk_of(shop).replay(EVERYTHING, ReplayOrder(by="ada", canary=False))  # nothing runs
    assert {peek(row["body"]).dataschema for row in await shop.waiting()} == {1}
    assert (await holdings(shop.database, TOPIC, 1)).outbox == 10
    async with shop.running(upgraded(), mourner()):
        await shop.until_settled(10)
    await assert_each_once(shop, 10)


async def test_what_the_next_release_gives_up_can_be_replayed_to_the_one_before_after_a_rollback(
    memory_shop: Shop,
) -> None:
    """The letter holds the bytes of version 1, though it was read as version 3."""

    async def give_up(event: ThirdOrdered, _context: EventContext) -> None:
        raise PermanentError("this release is broken")

    async def settle_first(event: FirstOrdered, context: EventContext) -> None:
        assert event == first(event.number)
        async with context.transaction() as tx:
            effect = (context.event.event_id, context.group_id, event.number)
            await tx.connection.execute("insert into effects values ($1, $2, $3)", *effect)

    async with memory_shop.running(consumer(give_up, of=ThirdOrdered), mourner()):
        await publish(memory_shop, [first(n) for n in range(5)])
        await until_dead(memory_shop, 5)
        await eventually(lambda: is_sent(memory_shop))
    async with memory_shop.running(consumer(settle_first, of=FirstOrdered), mourner()):
        await desk_of(memory_shop).replay(EVERYTHING, IN_WATCH)
        await memory_shop.until_settled(5)
    await assert_each_once(memory_shop, 5)
