"""One payload as three releases knew it, so that what the first ones left behind meets the last."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from brickline.events import EventContext, EventRuntime, PermanentError
from brickline.schemas import Payload, Upcaster
from support.buses import STEPS
from support.shop import ORIGIN, Shop, settle

TOPIC = "shop.ordered"


def split_name(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """From version 1 to 2."""
    first, _, last = data["customer"].partition(" ")
    return {"number": data["number"], "first": first, "last": last, "price": data["price"]}


def in_cents(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """From version 2 to 3."""
    euros, cents = data["price"].split(".")
    return {**data, "cents": int(euros) * 100 + int(cents)}


class _Ordered(Payload):
    number: int

    @property
    def subject(self) -> str:
        return f"order {self.number}"


class FirstOrdered(_Ordered):
    """Of the release before the last one."""

    topic: ClassVar[str] = TOPIC
    customer: str
    price: str


class SecondOrdered(_Ordered):
    """Of the release before."""

    topic: ClassVar[str] = TOPIC
    version: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name}
    first: str
    last: str
    price: str


class ThirdOrdered(_Ordered):
    """Of this release."""

    topic: ClassVar[str] = TOPIC
    version: ClassVar[int] = 3
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name, 2: in_cents}
    first: str
    last: str
    cents: int


def first(number: int) -> FirstOrdered:
    return FirstOrdered(number=number, customer=f"Ada Quill{number}", price=f"{number}.50")


def second(number: int) -> SecondOrdered:
    return SecondOrdered(number=number, first="Ada", last=f"Quill{number}", price=f"{number}.50")


def third(number: int) -> ThirdOrdered:
    return ThirdOrdered(number=number, first="Ada", last=f"Quill{number}", cents=number * 100 + 50)


def check(event: ThirdOrdered) -> None:
    """Raise `PermanentError` for an order that does not say what it said when it was written."""
    if event != third(event.number):
        raise PermanentError(f"order {event.number} says something else now")


async def settle_third(event: ThirdOrdered, context: EventContext) -> None:
    """Do what this release does with an order, of whatever version it was."""
    check(event)
    await settle(event, context)


async def publish(shop: Shop, payloads: Sequence[Payload], *, due_at: datetime | None = None) -> list[UUID]:
    """Publish by the shop as it runs, or into the outbox of one that does not."""
    runtime = shop.runtime or EventRuntime("shop", shop.database, shop.bus)
    async with runtime.transaction(ORIGIN) as tx:
        return [await tx.publish(payload, due_at=due_at) for payload in payloads]


class FirstStep(Payload):
    """One of several steps of one order, of the release before."""

    topic: ClassVar[str] = STEPS
    ordered: ClassVar[bool] = True
    order: str
    number: int

    @property
    def subject(self) -> str:
        return self.order


class SecondStep(Payload):
    """The same of this release, with other names and the same subject."""

    topic: ClassVar[str] = STEPS
    version: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {
        1: lambda data: {"reference": data["order"], "place": data["number"]}
    }
    ordered: ClassVar[bool] = True
    reference: str
    place: int

    @property
    def subject(self) -> str:
        return self.reference

    @property
    def order(self) -> str:
        return self.reference

    @property
    def number(self) -> int:
        return self.place
