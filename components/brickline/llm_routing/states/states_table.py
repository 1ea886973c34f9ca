"""The rows that workers share. Times are told as seconds from now: no two clocks need to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import asyncpg

from brickline.llm_routing.states.latencies import Batch
from brickline.llm_routing.states.model_state import ModelState
from brickline.persistence import Database, Queries, storable

_QUERIES = Queries(__package__, "states.sql")
_LATENCY_LASTS_S = 600.0
"""A model that was slow once is measured again after so long without calls."""
_LONGEST_REASON = 500


class Probe(StrEnum):
    """What came of asking for the probe of a half-open breaker."""

    OURS = "ours"
    THEIRS = "theirs"
    CLOSED = "closed"
    """None is needed any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One model, as all workers see it."""

    state: ModelState
    failures: int

    @property
    def failing(self) -> bool:
        """Whether a success is worth writing down."""
        return self.failures > 0 or self.state.open_until is not None


class StatesTable:
    """Reads and writes the rows, one round trip each; raises `DatabaseUnavailable`."""

    def __init__(self, database: Database, failures_to_open: int, open_s: float, probe_s: float) -> None:
        self._database = database
        self._failures_to_open = failures_to_open
        self._open_s = open_s
        self._probe_s = probe_s

    async def read(self) -> Mapping[str, Row]:
        """Return all rows by name."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_QUERIES["read"], _LATENCY_LASTS_S)
        return {row["name"]: _row(row, row["reason"], row["latency_s"]) for row in rows}

    async def fail(self, name: str, reason: str) -> Row:
        """Count a failure and return the row with it."""
        return await self._write("fail", name, reason, self._failures_to_open, self._open_s)

    async def throttle(self, name: str, reason: str, throttle_s: float) -> Row:
        """Keep everyone from calling for a while."""
        return await self._write("throttle", name, reason, throttle_s)

    async def succeed(self, name: str) -> None:
        """Forget failures and close the breaker."""
        async with self._database.connection() as connection:
            await connection.execute(_QUERIES["succeed"], name)

    async def probe(self, name: str) -> Probe:
        """Ask for the probe of a half-open breaker."""
        async with self._database.connection() as connection:
            return Probe(await connection.fetchval(_QUERIES["probe"], name, self._probe_s))

    async def merge(self, batches: Mapping[str, Batch]) -> None:
        """Add what was measured; `batches` in the order of names, so that no two workers deadlock."""
        if not batches:
            return
        rows = [(name, batch.mean_s, batch.weight, _LATENCY_LASTS_S) for name, batch in batches.items()]
        async with self._database.connection() as connection:
            await connection.executemany(_QUERIES["merge_latency"], rows)

    async def take_turn(self, name: str, rpm: int | None, tpm: int | None, tokens: int) -> float:
        """Take a turn, or return the seconds to wait for one."""
        async with self._database.connection() as connection:
            wait_s: float = await connection.fetchval(_QUERIES["take_turn"], name, rpm, tpm, tokens)
        return wait_s

    async def _write(self, query: str, name: str, reason: str, *arguments: float) -> Row:
        text = storable(reason, longest=_LONGEST_REASON)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_QUERIES[query], name, text, *arguments)
        if row is None:
            raise RuntimeError(f"the statement '{query}' returned no row")
        return _row(row, text, None)


def _row(row: asyncpg.Record, reason: str, latency_s: float | None) -> Row:
    now = datetime.now(UTC)
    open_until, throttled_until = (
        None if row[name] is None else now + timedelta(seconds=row[name])
        for name in ("open_s", "throttled_s")
    )
    return Row(ModelState(latency_s, open_until, throttled_until, reason), row["failures"])
