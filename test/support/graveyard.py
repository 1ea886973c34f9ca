"""Orders that die, for trying an operator's work on."""

from typing import Any
from uuid import UUID

from brickline.events import Consumer, DeadLetterDesk, EventContext, Letter, LetterFilter, PermanentError
from brickline.schemas import EventDeadLettered
from support.shop import MOURNERS, Shop, consumer, settle
from support.waiting import eventually


class Clinic:
    """A consumer of orders that gives up every number until it is `cured`."""

    def __init__(self) -> None:
        self.cured: set[int] = set()
        self.all_cured = False

    def consumer(self, group: str = "orders") -> Consumer[Any]:
        async def handle(event: Any, context: EventContext) -> None:
            if not self.all_cured and event.number not in self.cured:
                raise PermanentError(f"order {event.number} of {KINDS[event.number % 2]} cannot be read")
            await settle(event, context)

        return consumer(handle, group=group)


KINDS = ("apples", "pears")
"""What even and odd orders are of: they fail apart, with fingerprints of their own."""


def desk_of(shop: Shop) -> DeadLetterDesk:
    return DeadLetterDesk({"shop": shop.database})


async def letters(shop: Shop, **wanted: Any) -> list[Letter]:
    """All letters that match, newest first."""
    return list((await desk_of(shop).page(LetterFilter(**wanted), limit=500)).items)


async def until_dead(shop: Shop, count: int) -> list[Letter]:
    """Wait for so many letters in state dead."""

    async def enough() -> list[Letter]:
        found = await letters(shop, state="dead")
        assert len(found) == count, f"{len(found)} of {count} dead"
        return found

    return await eventually(enough)


async def bury_orders(shop: Shop, *numbers: int) -> dict[int, UUID]:
    """Let a service give up these orders; return each one's dead letter."""
    clinic = Clinic()
    async with shop.running(clinic.consumer(), mourner()):
        events = dict(zip(await shop.order(*numbers), numbers, strict=True))
        await until_dead(shop, len(numbers))
        await eventually(lambda: all_sent(shop))  # their announcements too
    return {events[letter.event_id]: letter.dead_letter_id for letter in await letters(shop)}


async def all_sent(shop: Shop) -> bool:
    return await shop.waiting() == []


def mourner() -> Consumer[Any]:
    """Takes the announcements of dead letters, so that none waits in the outbox."""

    async def hear(_event: Any, _context: EventContext) -> None: ...

    return consumer(hear, group=MOURNERS, of=EventDeadLettered)
