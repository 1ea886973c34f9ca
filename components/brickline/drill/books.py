"""What the services' own tables say, read as an auditor would: from outside, by plain SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from brickline.analysis import AnalysisConsumer
from brickline.drill.services import ANALYSIS, INGESTION, REPORTING
from brickline.events import Pause, paused_groups
from brickline.persistence import Database, Queries
from brickline.reporting import InsightsRecorder
from brickline.schemas import DataProcessed

_QUERIES = Queries(__package__)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the announced documents are: waiting, in the hands of relay and worker among them, or buried."""

    waiting: int
    buried: int
    in_hand: int


@dataclass(frozen=True, slots=True)
class Ends:
    """What there is of documents that came to their end, and of events that did not."""

    settled: int
    analysed: int
    report_events: int
    reports: int
    jobs_reported: int
    open_dead_letters: int
    waiting: int


class Books:
    """Reads the tables of all three services."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    async def accepted(self) -> int:
        """Count the documents that tier 0 has."""
        return int((await self._row(INGESTION, "accepted"))["documents"])

    async def first_accepted_at(self) -> datetime:
        """Return when the first document was accepted."""
        at: datetime = (await self._row(INGESTION, "accepted"))["first_at"]
        return at

    async def pause(self) -> Pause | None:
        """Return the pause of the worker's group, if it is paused."""
        async with self._databases[ANALYSIS].connection() as connection:
            pauses = await paused_groups(connection)
        return next((pause for pause in pauses if pause.group_id == AnalysisConsumer.group_id), None)

    async def whereabouts(self) -> Whereabouts:
        """Find each announced document; of one that is buried and not yet deleted, only the former counts."""
        async with self._databases[ANALYSIS].connection() as connection:
            rows = await connection.fetch(_QUERIES["buried"], AnalysisConsumer.group_id)
        buried = {row["event_id"] for row in rows}
        announced = await self._row(INGESTION, "announced", DataProcessed.topic, list(buried))
        return Whereabouts(announced["waiting"], len(buried), announced["in_hand"])

    async def reported(self) -> int:
        """Count the documents whose jobs say that they have come to their end."""
        return await self._count(INGESTION, "reported")

    async def ends(self) -> Ends:
        """Count everything that shows an end, or the lack of one."""
        return Ends(
            settled=await self._count(ANALYSIS, "settled", AnalysisConsumer.group_id),
            analysed=await self._count(ANALYSIS, "analysed"),
            report_events=await self._count(REPORTING, "settled", InsightsRecorder.group_id),
            reports=await self._count(REPORTING, "reports"),
            jobs_reported=await self.reported(),
            open_dead_letters=await self._everywhere("open_letters"),
            waiting=await self.waiting(),
        )

    async def waiting(self) -> int:
        """Count what waits in any outbox."""
        return await self._everywhere("waiting")

    async def _everywhere(self, query: str) -> int:
        return sum([await self._count(service, query) for service in self._databases])

    async def _count(self, service: str, query: str, *arguments: object) -> int:
        return int((await self._row(service, query, *arguments))["count"])

    async def _row(self, service: str, query: str, *arguments: object) -> Mapping[str, Any]:
        async with self._databases[service].connection() as connection:
            row = await connection.fetchrow(_QUERIES[query], *arguments)
        return dict(row or {})
