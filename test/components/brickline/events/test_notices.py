"""Notices: heard by whoever listens, kept for nobody, and never in the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from brickline.events import MAX_NOTICE_BYTES, Bus, NoticeQueue


async def next_of(notices: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(10):
        return await anext(notices)


async def test_everyone_who_hears_is_told_the_teller_too(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        hearers = [await stack.enter_async_context(bus.hear()) for _ in range(20)]
        for notice in (b"one", b"two", b"\x00\xff"):
            await bus.tell(notice)
        for hearer in hearers:
            assert [await next_of(hearer) for _ in range(3)] == [b"one", b"two", b"\x00\xff"]


async def test_nothing_is_kept_for_those_who_hear_later(bus: Bus) -> None:
    await bus.tell(b"early")
    async with bus.hear() as first:
        await bus.tell(b"in time")
        assert await next_of(first) == b"in time"
        async with bus.hear() as second:
            await bus.tell(b"late")
            assert await next_of(second) == await next_of(first) == b"late"
        await bus.tell(b"to the first alone")
        assert await next_of(first) == b"to the first alone"


async def test_telling_nobody_is_no_failure(bus: Bus) -> None:
    await bus.tell(b"hello")


async def test_a_notice_that_is_too_long_is_heard_by_nobody(bus: Bus) -> None:
    async with bus.hear() as notices:
        await bus.tell(b"x" * (MAX_NOTICE_BYTES + 1))
        await bus.tell(b"x" * MAX_NOTICE_BYTES)
        assert len(await next_of(notices)) == MAX_NOTICE_BYTES


async def test_a_slow_hearer_delays_nobody_and_misses_the_oldest(bus: Bus) -> None:
    async with bus.hear() as slow, bus.hear() as quick:
        for number in range(3000):
            await bus.tell(str(number).encode())
            if number % 500 == 499:  # so that the quick one keeps up
                while await next_of(quick) != str(number).encode():
                    pass
        # What the quick one has heard was put before the slow one too, or will be in a moment.
        await bus.tell(b"last")
        assert await next_of(quick) == b"last"
        heard = [await next_of(slow)]
        while heard[-1] != b"last":
            heard.append(await next_of(slow))
    assert len(heard) <= 1001
    assert heard[-2] == b"2999"


async def test_a_queue_of_notices_forgets_the_oldest_of_many() -> None:
    queue = NoticeQueue()
    for number in range(5000):
        queue.put(str(number).encode())
    notices = aiter(queue)
    assert await next_of(notices) == b"4000"


async def test_who_stopped_hearing_may_begin_again(bus: Bus) -> None:
    for _ in range(3):
        async with bus.hear() as notices:
            await bus.tell(b"again")
            assert await next_of(notices) == b"again"
