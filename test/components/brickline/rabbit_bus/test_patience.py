"""A wait for a confirm ends, also where the channel forgot it."""

import asyncio
from dataclasses import dataclass

import pytest

from brickline.rabbit_bus import patience
from brickline.rabbit_bus.patience import Patience


@dataclass
class Channel:
    is_closed: bool = False


async def forgotten(waits: Patience, channel: Channel) -> None:
    async with asyncio.timeout(None) as limit:
        waits.begin(limit, channel)
        try:
            await asyncio.Event().wait()
        finally:
            waits.end(limit)


async def test_a_wait_on_a_channel_that_closed_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_LOOK_S", 0.01)
    waits, closes, stays = Patience(), Channel(), Channel()
    ends = asyncio.create_task(forgotten(waits, closes))
    goes_on = asyncio.create_task(forgotten(waits, stays))
    await asyncio.sleep(0.05)
    closes.is_closed = True
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(ends), 5)
    assert not goes_on.done()
    goes_on.cancel()


async def test_a_wait_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_LOOK_S", 0.01)
    monkeypatch.setattr(patience, "_LONGEST_S", 0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(forgotten(Patience(), Channel()), 5)


async def test_nobody_looks_while_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_LOOK_S", 0.01)
    waits = Patience()
    task = asyncio.create_task(forgotten(waits, Channel()))
    await asyncio.sleep(0)
    assert waits._looking is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.05)
    assert waits._looking is None
