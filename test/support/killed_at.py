"""Real processes that kill themselves at a point: `python -m support.killed_at`.

Each line of its input, a place and a point as JSON, becomes a process of its own, forked because a start with
all its imports takes a second; each line of its output is how that process ended. Without a point the process
ends with 0 as soon as the account is exact.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter

from support.crash_points import Fault, Life, Point
from support.ledger import Ledger
from support.mortal import Place, connected, serving
from support.script import EVERYTHING, Script
from support.shop import Ordered
from support.waiting import eventually
from support.watched_database import WatchedDatabase

_TIME_S = 30


def everything() -> Script:
    """Orders of every kind."""
    script = Script()
    for number, fates in enumerate(EVERYTHING):
        script.order(number, fates)
    return script


async def serve(place: Place, point: Point | None) -> None:
    """Publish everything and be killed, or end what a predecessor left behind."""
    script, life = everything(), Life(Counter(), die=_kill, sever=lambda: None)
    if point:
        life.arm(point, Fault.CRASH)
    if point is Point.HANDED_BACK:
        life.arm(Point.TAKEN, Fault.SEVER)
    async with (
        WatchedDatabase.connect(place.database_url, schema=place.name) as database,
        connected(place, place.broker_url) as bus,
        serving(place, script, life, database, bus) as runtime,
    ):
        ledger = Ledger(database, script)
        if point:
            await ledger.publish(runtime, *(Ordered(number=number) for number in range(len(EVERYTHING))))
            await asyncio.sleep(_TIME_S)
        await eventually(lambda: _exact(ledger), _TIME_S)


async def _exact(ledger: Ledger) -> bool:
    await ledger.check()
    return True


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fork(order: str) -> int:
    """Run one process; return its exit code, or the negative number of the signal that ended it."""
    if pid := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    signal.alarm(_TIME_S)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # our output is for the outcome
    place, point = json.loads(order)
    try:
        asyncio.run(serve(Place(**place), Point(point) if point else None))
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    for line in sys.stdin:
        print(_fork(line), flush=True)
