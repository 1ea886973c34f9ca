"""Waiting for a condition with a deadline, instead of sleeping for luck."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    condition: Callable[[], T | Awaitable[T]], timeout_s: float = 10, *, every_s: float = 0.02
) -> T:
    """Poll `condition` until it returns something true, and return that.

    An `AssertionError` raised by the condition counts as "not yet", so that it may consist of asserts that
    end in `return True`; any other exception is the test's failure at once.

    Raises:
        AssertionError: the deadline passed; the message says what the condition returned or raised last.

    """
    deadline = time.monotonic() + timeout_s
    while True:
        seen: object
        try:
            result = condition()
            value: T = await result if inspect.isawaitable(result) else result  # type: ignore[assignment]
            if value:
                return value
            seen = value
        except AssertionError as error:
            seen = f"AssertionError: {error}"
        if time.monotonic() > deadline:
            name = getattr(condition, "__qualname__", repr(condition))
            raise AssertionError(f"{name} did not come true within {timeout_s:g} s; last seen: {seen!r}")
        await asyncio.sleep(every_s)
