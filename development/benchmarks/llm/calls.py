"""The calls that every contestant makes, and how they are timed. Standard library only: peers import this."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.program import Work

INSTRUCTIONS = "Name the mood of the text."
ANSWER = '{"word": "calm", "strength": 2}'
"""What the mock gives back, at once."""
MAX_OUTPUT_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Calls(Work):
    """`warm_up` calls, then `each` one after another, then `each` again, `at_once` at a time."""

    warm_up: int
    each: int
    at_once: int
    models: int
    """Among how many a call is routed."""
    text_bytes: int
    database_url: str | None
    """Where ours keeps its account; None: it keeps none."""
    schema: str

    @property
    def total(self) -> int:
        """Every call of the three parts."""
        return self.warm_up + 2 * self.each

    def text(self, number: int) -> str:
        """Return a text of exactly that size, another for every number."""
        return f"{number:08} ".ljust(self.text_bytes, "x")


@dataclass(frozen=True, slots=True)
class Taken:
    """How long the calls took, in seconds."""

    one_by_one: list[float]
    at_once: float
    """All of the last part together."""


async def timed(ask: Callable[[str], Awaitable[str]], calls: Calls) -> Taken:
    """Make the calls with `ask`, which returns what was answered. Raises RuntimeError for a wrong answer."""

    async def call(number: int) -> float:
        text = calls.text(number)
        started = time.perf_counter()
        answer = await ask(text)
        seconds = time.perf_counter() - started
        if "calm" not in answer:
            raise RuntimeError(f"call {number} was answered with {answer!r}")
        return seconds

    for number in range(calls.warm_up):
        await call(number)
    first = calls.warm_up + calls.each
    one_by_one = [await call(number) for number in range(calls.warm_up, first)]
    numbers = iter(range(first, calls.total))

    async def worker() -> None:
        for number in numbers:
            await call(number)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(calls.at_once)))
    return Taken(one_by_one, time.perf_counter() - started)
