"""Events whose order matters: the steps of orders, and the order in which they were committed."""

from typing import ClassVar

from brickline.events import EventContext
from brickline.schemas import Payload
from support.buses import STEPS
from support.shop import Shop


class Step(Payload):
    """One of several steps of one order."""

    topic: ClassVar[str] = STEPS
    ordered: ClassVar[bool] = True
    order: str
    number: int

    @property
    def subject(self) -> str:
        return self.order


async def make_table(shop: Shop) -> None:
    """Make the table that `write_step` writes to."""
    async with shop.database.connection() as connection:
        await connection.execute("create table steps (subject text, number int, at bigserial)")


async def write_step(event: Step, context: EventContext) -> None:
    """Leave the mark of one step."""
    async with context.transaction() as tx:
        await tx.connection.execute("insert into steps values ($1, $2)", event.order, event.number)


async def steps_as_committed(shop: Shop) -> dict[str, list[int]]:
    """The numbers by order, as they were committed."""
    found: dict[str, list[int]] = {}
    for row in await shop.rows("select subject, number from steps order by at"):
        found.setdefault(row["subject"], []).append(row["number"])
    return found
