"""What workers share, they share between processes."""

import asyncio
import json
import sys
import time

from brickline.persistence import Database

PROCESSES = 3
WORKER = """
import asyncio, json, sys, time
from datetime import UTC, datetime
from brickline.llm_routing import ModelStates
from brickline.persistence import Database

async def wait_for(condition):
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.01)

async def main(url):
    async with Database.connect(url, schema="analysis") as database:
        states = ModelStates(database, failures_to_open=6, open_s=1.5, probe_s=600, refresh_s=0.02)
        async with states.running():
            print("ready", flush=True)
            sys.stdin.readline()
            await states.failed("m", "HTTP 503")
            await states.failed("m", "HTTP 503")

            async def opened():
                state = states.snapshot.get("m")
                return state is not None and state.open_until is not None
            await wait_for(opened)
            closed = await states.may_try("m")
            until = states.snapshot["m"].open_until
            await asyncio.sleep((until - datetime.now(UTC)).total_seconds() + 0.05)
            probes = sum(await asyncio.gather(*(states.may_try("m") for _ in range(20))))
            taken, until = 0, time.monotonic() + 1.5
            while time.monotonic() < until:
                wait_s = await states.take_turn("m", 600, None, 1)
                taken += wait_s == 0
                await asyncio.sleep(min(wait_s, 0.02))
            print(json.dumps([closed, probes, taken]), flush=True)

asyncio.run(main(sys.argv[1]))
"""


async def test_processes_open_one_breaker_together_probe_it_once_and_keep_one_limit(
    database: Database, database_url: str
) -> None:
    pipe = asyncio.subprocess.PIPE
    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, database_url, stdin=pipe, stdout=pipe
        )
        for _ in range(PROCESSES)
    ]
    try:
        async with asyncio.timeout(60):
            for worker in workers:
                assert worker.stdout is not None
                assert await worker.stdout.readline() == b"ready\n"
            started = time.monotonic()
            answers = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
            elapsed = time.monotonic() - started
    finally:
        for worker in workers:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
    told = [json.loads(output) for output, _ in answers]
    assert [closed for closed, _, _ in told] == [False] * PROCESSES
    assert sum(probes for _, probes, _ in told) == 1
    assert 60 <= sum(taken for _, _, taken in told) <= 60 + 10 * elapsed + 1
