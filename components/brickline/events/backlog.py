"""What waits in a service's tables, looked up when somebody asks for its metrics."""

import json
from collections.abc import Sequence

from brickline.events.metrics import GroupMetrics
from brickline.events.pauses import paused_groups
from brickline.persistence import Connection, Database, Queries
from brickline.telemetry import Reading, SampledGauge

_QUERIES = Queries(__package__, "metrics.sql")

_MOST = 5_000
_MOST_TENANTS = 1_000
_LONGEST_HOLD_S = 5.0
"""For how long, in seconds, the outbox puts off at most what could not be sent."""

_ROWS = SampledGauge(
    "brickline_outbox_rows",
    "Rows of the outbox, by whether they are due, being sent or for later; 5000 means that many or more.",
)
_ROWS_ESTIMATED = SampledGauge(
    "brickline_outbox_rows_estimated",
    "All rows of the outbox: exact while they are few, else what Postgres' planner estimates.",
)
_OLDEST = SampledGauge(
    "brickline_outbox_oldest_due_age_seconds",
    "For how long the oldest due row of the outbox has been due, 0 when none is.",
)
_DEAD_LETTERS = SampledGauge(
    "brickline_dead_letters_open",
    "Dead letters neither replayed nor discarded; when all groups have 10000 together, there may be more.",
)
_PAUSED = SampledGauge("brickline_group_paused", "1 while the group is paused, else 0.")
_CONNECTED = SampledGauge(
    "brickline_consumers_connected", "1 while this process can be sent the group's events, else 0."
)


class Backlog:
    """Samples the tables of one service, in a few milliseconds whatever they hold."""

    def __init__(
        self, service: str, database: Database, groups: Sequence[GroupMetrics], *, lease_s: float
    ) -> None:
        self._service = service
        self._database = database
        self._groups = groups
        self._longest_claim_s = max(lease_s, _LONGEST_HOLD_S)

    async def read(self) -> list[Reading]:
        """Look up all that the tables tell. Raises what the database raises."""
        async with self._database.transaction() as connection:
            await connection.execute(_QUERIES["on_the_cheap"])
            return [
                *await self._outbox(connection),
                *await self._dead_letters(connection),
                *await self._pauses(connection),
            ]

    async def _outbox(self, connection: Connection) -> list[Reading]:
        row = await connection.fetchrow(_QUERIES["outbox_backlog"], self._longest_claim_s)
        assert row is not None  # noqa: S101  # an aggregate always returns one
        states = {state: row[state] for state in ("due", "sending", "later")}
        total = sum(states.values())
        if row["tenants"] >= _MOST_TENANTS or max(states.values()) >= _MOST:
            total = max(total, await _estimate(connection))
        return [
            *(_ROWS.reads(min(rows, _MOST), service=self._service, state=s) for s, rows in states.items()),
            _ROWS_ESTIMATED.reads(total, service=self._service),
            _OLDEST.reads(row["oldest_s"] or 0.0, service=self._service),
        ]

    async def _dead_letters(self, connection: Connection) -> list[Reading]:
        """Count by group; a group that this process runs is there with 0 too."""
        counts = {group.group_id: 0 for group in self._groups}
        counts |= {
            row["group_id"]: row["letters"] for row in await connection.fetch(_QUERIES["open_dead_letters"])
        }
        return [
            _DEAD_LETTERS.reads(letters, service=self._service, group=group_id)
            for group_id, letters in counts.items()
        ]

    async def _pauses(self, connection: Connection) -> list[Reading]:
        paused = {pause.group_id for pause in await paused_groups(connection)}
        groups = paused | {group.group_id for group in self._groups}
        return [_PAUSED.reads(group in paused, service=self._service, group=group) for group in groups]


async def connections(groups: Sequence[GroupMetrics]) -> list[Reading]:
    """Tell which groups this process is connected for, while the database is away too: no table knows."""
    return [
        _CONNECTED.reads(group.connected, service=group.service, group=group.group_id) for group in groups
    ]


async def _estimate(connection: Connection) -> int:
    [plan] = json.loads(await connection.fetchval(_QUERIES["outbox_estimate"]))
    return int(plan["Plan"]["Plan Rows"])
