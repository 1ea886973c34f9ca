"""Telling apart a task that was cancelled and a task in which something else's cancellation surfaced."""

import asyncio


def is_cancelled() -> bool:
    """Tell whether the current task was asked to end.

    If it was not, a `CancelledError` in it came out of something it waited for, which a library cancelled: an
    ordinary failure, that would silently end the task if nobody turned it into one.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
