"""One run: load and faults side by side, then peace, then the account."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chaos.books import Books
from chaos.evidence import Evidence
from chaos.faults import PlannedFault, plan
from chaos.injecting import InjectedFault, Injector
from chaos.ledger import Ledger
from chaos.logs import tally
from chaos.posting import Load
from chaos.progress import Progress
from chaos.reading import read_queues, read_tables
from chaos.settling import until_settled
from chaos.stage import Stage
from chaos.staging import open_stage

_CALM_S = 2.0
"""So long the load goes on when everything works again, so that there are documents which show it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for."""

    seconds: float
    """How long the load lasts at least: it goes on until the last fault is over."""
    rate: float
    seed: int
    patience_s: float
    """How long, after the faults, nothing may move before the run is given up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened."""

    options: Options
    books: Books
    faults: tuple[InjectedFault, ...]
    offered_s: float
    """How long documents were offered."""
    load_s: float
    """Until the last of them was accepted; what waited through a fault is caught up with."""
    settled_s: float | None
    """Seconds from the end of the load until nothing was on its way; None if nothing moved any more."""


async def play(options: Options, directory: Path, progress: Progress) -> Outcome:
    """Make the run below `directory`. Raises what `open_stage` raises."""
    progress.show("starting RabbitMQ, PostgreSQL and the services")
    async with open_stage(directory) as stage:
        progress.start()
        started = time.monotonic()
        ledger, faults, offered_s = await _storm(stage, options, progress)
        load_s = round(time.monotonic() - started, 1)
        progress.tell("the storm is over")
        settled_s = await until_settled(stage, options.patience_s, progress.show)
        evidence = await _gather(stage)
    return Outcome(options, Books(ledger, evidence), faults, offered_s, load_s, settled_s)


async def _storm(
    stage: Stage, options: Options, progress: Progress
) -> tuple[Ledger, tuple[InjectedFault, ...], float]:
    """Post and break things until the time is over and everything has been started again."""
    load, injector = Load(stage.url, stage.api_key, options.rate), Injector(stage, progress.tell)
    planned, started = plan(options.seed, options.seconds), time.monotonic()
    async with progress.watching(load, stage.postgres), load.running(patience_s=options.patience_s):
        await asyncio.gather(asyncio.sleep(options.seconds), _inject(injector, planned, stage, options))
        offered_s = round(time.monotonic() - started, 1)
    return load.ledger, tuple(sorted(injector.injected, key=lambda fault: fault.at)), offered_s


async def _inject(
    injector: Injector, planned: Sequence[PlannedFault], stage: Stage, options: Options
) -> None:
    await injector.inject(planned)
    with suppress(TimeoutError):  # the account tells which is not ready
        async with asyncio.timeout(options.patience_s):
            await stage.until_ready()
    await asyncio.sleep(_CALM_S)


async def _gather(stage: Stage) -> Evidence:
    """Read everything, the queues once nobody holds a message of theirs any more."""
    unready = {name: await supervised.unready() for name, supervised in stage.services.items()}
    drained = await stage.drain()
    return Evidence(
        tables=await read_tables(stage.postgres.dsn),
        queues=await read_queues(stage.node.url),
        unready={name: why for name, why in unready.items() if why is not None},
        ended=tuple(ended for supervised in stage.services.values() for ended in supervised.ends),
        drained=drained,
        logs=tally(supervised.log for supervised in stage.services.values()),
    )
