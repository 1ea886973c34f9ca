"""A service does what its declaration says, no more and no less."""

from typing import Annotated
from uuid import uuid4

import pytest
from pydantic import Field

from brickline.events import Consumer, EventContext, EventRuntime, EventsError, Service, UndeclaredPublish
from brickline.schemas import AnalysisCompleted, BaseEvent, DataProcessed, ReportUpdated
from support.shop import ORIGIN, Ordered, Shop


class Reads(Consumer[DataProcessed]):
    group_id = "reads"
    publishes = (AnalysisCompleted,)

    async def process_message(self, event: BaseEvent[DataProcessed], context: EventContext) -> None: ...


class ReadsMore(Consumer[DataProcessed]):
    group_id = "reads.more"
    publishes = (AnalysisCompleted, ReportUpdated)

    async def process_message(self, event: BaseEvent[DataProcessed], context: EventContext) -> None: ...


def test_what_it_reads_and_writes_is_what_its_consumers_do_and_what_it_publishes_itself() -> None:
    service = Service("shop", tier=0, consumers=(Reads, ReadsMore), publishes=(Ordered,))

    assert service.reads == (DataProcessed,)
    assert service.writes == (Ordered, AnalysisCompleted, ReportUpdated)


async def test_a_consumer_that_it_does_not_declare_is_refused(memory_shop: Shop) -> None:
    runtime = EventRuntime(Service("shop", tier=0, consumers=(Reads,)), memory_shop.database, memory_shop.bus)

    with pytest.raises(EventsError, match=r"ReadsMore: not among the `consumers` of service 'shop': add it"):
        async with runtime.running([Reads(), ReadsMore()], memory_shop.health):
            pass


async def test_a_consumer_that_it_declares_and_does_not_run_is_refused(memory_shop: Shop) -> None:
    service = Service("shop", tier=0, consumers=(Reads, ReadsMore))
    runtime = EventRuntime(service, memory_shop.database, memory_shop.bus)

    with pytest.raises(EventsError, match="ReadsMore: declared by service 'shop' and not run"):
        async with runtime.running([Reads()], memory_shop.health):
            pass


async def test_outside_of_a_consumer_it_publishes_what_it_declares_alone(memory_shop: Shop) -> None:
    service = Service("shop", tier=0, publishes=(Ordered,))
    runtime = EventRuntime(service, memory_shop.database, memory_shop.bus)

    async def publish_both() -> None:
        async with runtime.transaction(ORIGIN) as tx:
            await tx.publish(Ordered(number=1))
            await tx.publish(DataProcessed(document_id=uuid4(), title="a", content="b"))

    with pytest.raises(UndeclaredPublish, match="DataProcessed is not in the `publishes`"):
        await publish_both()
    assert await memory_shop.rows("select * from outbox") == []


class Renaming(Ordered):
    number: Annotated[int, Field(serialization_alias="amount")]


async def test_a_subclass_of_what_it_declares_is_something_else(memory_shop: Shop) -> None:
    service = Service("shop", tier=0, publishes=(Ordered,))
    runtime = EventRuntime(service, memory_shop.database, memory_shop.bus)

    async def publish_it() -> None:
        async with runtime.transaction(ORIGIN) as tx:
            await tx.publish(Renaming(number=1))

    with pytest.raises(UndeclaredPublish, match="Renaming is not in the `publishes`"):
        await publish_it()
    assert await memory_shop.rows("select * from outbox") == []
