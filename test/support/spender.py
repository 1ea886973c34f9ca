"""A process of workers that ask a paid model over HTTP: to be killed. `python -m support.spender JOB`.

It prints a line for each question it has an answer to, and one when its budget lets it ask no more.
"""

import asyncio
import os
import signal
import sys
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Any, Self
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from brickline.budget import Entry, Ledger, Wish
from brickline.llm_providers import Providers
from brickline.llm_routing import (
    AmbiguousCall,
    BudgetRefused,
    CallInFlight,
    LLMClient,
    Model,
    ModelPool,
    OnAmbiguous,
    Routing,
    WaitingForHolds,
    WhenSpent,
)
from brickline.persistence import Database
from support.asking import MOOD, StepCall, model_named

INPUT_PRICE, OUTPUT_PRICE = Decimal(1), Decimal(40)
"""Micro-dollars per token."""

POINTS = ("before reserve", "after reserve", "after dispatch", "after answer", "after settle")
"""Where it can be told to kill itself, in the order of a call."""


@dataclass(frozen=True)
class Job:
    """What a process is to do."""

    database_url: str
    base_url: str
    workers: int = 1
    event_id: UUID | None = None
    """The one event to ask for; None: new ones until the money is gone."""
    die_at: str | None = None
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD
    schema: str = "analysis"
    timeout_s: float = 20.0

    def as_argument(self) -> str:
        return TypeAdapter(Job).dump_json(self).decode()

    @classmethod
    def read(cls, argument: str) -> Self:
        return cls(**asdict(TypeAdapter(Job).validate_json(argument)))


def model_at(base_url: str, **changes: Any) -> Model:
    """The model behind the counting server."""
    made = model_named("small", **changes)
    return replace(made, base_url=base_url, input_price=INPUT_PRICE, output_price=OUTPUT_PRICE)


class DeadlyLedger(Ledger):
    """Ends the process at a point of a call, as a kill from outside would."""

    def __init__(self, database: Database, die_at: str | None) -> None:
        super().__init__(database)
        self._die_at = die_at

    def _reach(self, point: str) -> None:
        if point == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def open(self, wish: Wish, lease_s: float) -> Entry:
        self._reach("before reserve")
        if self._die_at == "after reserve":  # between the two commits of `open`
            await super().reserve(wish)
            self._reach("after reserve")
        entry = await super().open(wish, lease_s)
        self._reach("after dispatch")
        return entry

    async def settle(self, entry_id: int, cost_micros: int, **how: Any) -> bool:
        self._reach("after answer")
        settled = await super().settle(entry_id, cost_micros, **how)
        self._reach("after settle")
        return settled


class Spender:
    """The workers of one process."""

    def __init__(self, job: Job, client: LLMClient) -> None:
        self._job = job
        self._client = client

    async def run(self) -> None:
        if self._job.event_id is not None:
            answer = await self._client.answer(MOOD, "Still water.", StepCall(event_id=self._job.event_id))
            print(answer.cost_micros, flush=True)
            return
        await asyncio.gather(*(self._work(number) for number in range(self._job.workers)))
        print("the money is gone", flush=True)

    async def _work(self, number: int) -> None:
        tenant = f"tenant-{number % 4}"
        for asked in count():
            text = f"Water {os.getpid()} {number} {asked}."
            call = StepCall(tenant=tenant, event_id=uuid4())
            while True:
                try:
                    await self._client.answer(MOOD, text, call)
                except WaitingForHolds:
                    await asyncio.sleep(0.2)
                    continue
                except (AmbiguousCall, CallInFlight):
                    pass
                except BudgetRefused:
                    return
                break


async def main(job: Job) -> None:
    routing = Routing(cache=False, when_spent=WhenSpent.REFUSE, on_ambiguous=job.on_ambiguous)
    model = model_at(job.base_url, timeout_s=job.timeout_s)
    provider = Providers().create(model)
    async with Database.connect(job.database_url, schema=job.schema, pool_size=6) as database:
        pool = ModelPool.fixed({model: provider}, routing)
        client = LLMClient(pool, ledger=DeadlyLedger(database, job.die_at))
        await Spender(job, client).run()
        await pool.aclose()


if __name__ == "__main__":
    asyncio.run(main(Job.read(sys.argv[1])))
