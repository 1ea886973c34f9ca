"""Latencies, breakers and rate limits of the models, shared by all workers of a service."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from brickline.llm_routing.states.latencies import Latencies, blended
from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.states.states_copy import StatesCopy, after, is_ahead
from brickline.llm_routing.states.states_table import Probe, StatesTable
from brickline.persistence import Database, DatabaseUnavailable
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_LONGEST_THROTTLE_S = 3600.0


class ModelStates:
    """The rows of all models and this worker's copy of them, at most about `refresh_s` seconds old.

    A breaker opens for `open_s` seconds after `failures_to_open` failures in a row, whichever workers saw
    them. Then it is half open: one call is let through, and the next one if nothing is heard of that for
    `probe_s` seconds. While Postgres is away the last copy is used; only `take_turn` raises
    `DatabaseUnavailable` then, for a limit cannot be kept without it.
    """

    def __init__(
        self,
        database: Database,
        *,
        failures_to_open: int = 5,
        open_s: float = 30.0,
        refresh_s: float = 1.0,
        probe_s: float = 60.0,
    ) -> None:
        self._table = StatesTable(database, failures_to_open, open_s, probe_s)
        self._refresh_s = refresh_s
        self._probe_s = probe_s
        self._copy = StatesCopy()
        self._latencies = Latencies()
        self._away = False

    @property
    def snapshot(self) -> Mapping[str, ModelState]:
        """What is known by name of model, without I/O."""
        return self._copy.states

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Refresh the copy and hand in latencies until the end of the block, and once more then."""
        await self._exchange()
        task = asyncio.create_task(self._keep_exchanging(), name="states of models")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self._exchange()

    async def refresh(self) -> None:
        """Read what other workers have written; raises `DatabaseUnavailable`."""
        self._copy.begin_reading()
        self._copy.end_reading(await self._table.read())

    def took(self, name: str, seconds: float) -> None:
        """Count an answer that took so long; the other workers hear of it at the next refresh."""
        if not (math.isfinite(seconds) and seconds >= 0):
            return
        self._latencies.add(name, seconds)
        state = self._copy.state(name)
        self._copy.measure(name, replace(state, latency_s=blended(state.latency_s, seconds)))

    async def succeeded(self, name: str) -> None:
        """Close the breaker and forget failures; writes only where there are any."""
        if not self._copy.is_failing(name):
            return
        written = True
        try:
            await self._table.succeed(name)
        except DatabaseUnavailable as error:
            self._lost(error)
            written = False
        state = self._copy.state(name)
        self._copy.change(name, replace(state, open_until=None), failing=not written)
        if state.open_until is not None:
            _log.info("llm.breaker_closed", model=name)

    async def failed(self, name: str, reason: str, retry_after_s: float | None = None) -> None:
        """Count a failure towards the breaker or, where the provider says when to retry, wait until then.

        The advice is followed for an hour at most.
        """
        throttle_s = min(retry_after_s or 0.0, _LONGEST_THROTTLE_S)
        try:
            if throttle_s > 0:
                row = await self._table.throttle(name, reason, throttle_s)
            else:
                row = await self._table.fail(name, reason)
        except DatabaseUnavailable as error:
            self._lost(error)
            if throttle_s > 0:
                self._throttle_here(name, reason, throttle_s)
            return
        known = self._copy.state(name)
        self._copy.change(name, replace(row.state, latency_s=known.latency_s), failing=row.failing)
        if row.state.open_until is not None and known.open_until is None:
            _log.warning("llm.breaker_opened", model=name, failures=row.failures, reason=reason)

    async def may_try(self, name: str) -> bool:
        """Whether to call the model now: not while its breaker is open or its provider asked to wait.

        Of a half-open one, exactly one call is told to go; it has to end in `succeeded` or `failed`, or
        nobody goes for `probe_s` seconds.
        """
        state = self._copy.state(name)
        if is_ahead(state.open_until) or is_ahead(state.throttled_until):
            return False
        if state.open_until is None:
            return True
        try:
            probe = await self._table.probe(name)
        except DatabaseUnavailable as error:
            self._lost(error)
            probe = Probe.OURS  # each worker has one of its own then
        # Until the next refresh shows more, the other calls of this worker need not ask.
        wait_s = {Probe.OURS: self._probe_s, Probe.THEIRS: self._refresh_s, Probe.CLOSED: None}[probe]
        state = replace(self._copy.state(name), open_until=after(wait_s))
        self._copy.change(name, state, failing=wait_s is not None)
        return probe is not Probe.THEIRS

    async def take_turn(self, name: str, rpm: int | None, tpm: int | None, tokens: int) -> float:
        """Take a call with so many tokens off the limits; return the seconds to wait if there is no room.

        Over any minute, all workers together get a limit and a tenth, which is what may come in one go. A
        call of more tokens than that tenth goes when nothing is used up. Raises `DatabaseUnavailable`.
        """
        if rpm is None and tpm is None:
            return 0.0
        return await self._table.take_turn(name, rpm, tpm, tokens)

    def _throttle_here(self, name: str, reason: str, throttle_s: float) -> None:
        state = replace(self._copy.state(name), throttled_until=after(throttle_s), reason=reason)
        self._copy.change(name, state, failing=self._copy.is_failing(name))

    async def _keep_exchanging(self) -> None:
        while True:
            await asyncio.sleep(self._refresh_s)
            try:
                await self._exchange()
            except Exception as error:
                self._lost(error)

    async def _exchange(self) -> None:
        batches = self._latencies.take()
        try:
            await self._table.merge(batches)
            batches = {}
            await self.refresh()
        except DatabaseUnavailable as error:
            self._latencies.put_back(batches)
            self._lost(error)
            return
        if self._away:
            _log.info("llm.states_shared_again")
        self._away = False

    def _lost(self, error: Exception) -> None:
        if not self._away:
            _log.warning("llm.states_not_shared", reason=str(error) or repr(error))
        self._away = True
