"""Reading source in a process whose garbage includes tasks that failed unheard."""

import ast
import asyncio
import gc
from pathlib import Path

SOURCE = Path(asyncio.base_events.__file__).read_text("utf-8")


async def test_a_parse_is_not_disturbed_by_a_failed_task_that_is_collected_in_it() -> None:
    async def fail() -> None:
        raise RuntimeError("nobody asks for this")

    thresholds = gc.get_threshold()
    gc.set_threshold(50)
    try:
        for _ in range(30):
            task = asyncio.create_task(fail())
            await asyncio.sleep(0)
            garbage: list[object] = [task]
            garbage.append(garbage)
            del task, garbage
            assert ast.parse(SOURCE).body
    finally:
        gc.set_threshold(*thresholds)
