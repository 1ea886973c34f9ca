"""Which calls were made, of which model, for which event, and how each ended: a row for every one."""

from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from brickline.persistence import Database, Migrations, Queries
from brickline.telemetry import get_logger

MIGRATIONS = Migrations(__package__)
"""The table of calls: apply it before a client with a log is used."""

_QUERIES = Queries(__package__, "calls.sql")
_log = get_logger(__name__)

_LONGEST_DETAIL = 2000


class CallOutcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    INVALID = "invalid"
    """There was an answer, and it was not what the task describes."""
    FAILED = "failed"
    """The provider broke its contract."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of one provider."""

    tenant: str
    trace_id: str
    event_id: UUID
    step: str
    task: str
    provider: str
    model: str
    outcome: CallOutcome
    detail: str | None
    """What went wrong; None for an answer."""
    began_at: datetime
    duration_ms: float
    input_tokens: int
    """Tokens the provider metered; 0 where it meters none, or gave no answer."""
    output_tokens: int

    @property
    def ended_at(self) -> datetime:
        """When the provider had answered, or failed."""
        return self.began_at + timedelta(milliseconds=self.duration_ms)


class CallLog:
    """Keeps the calls of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: CallRecord) -> None:
        """Keep a record. One that cannot be kept is only logged, for the answer is worth more."""
        detail = None if record.detail is None else _storable(record.detail)
        try:
            async with self._database.connection() as connection:
                await connection.execute(_QUERIES["add"], *astuple(replace(record, detail=detail)))
        except Exception as error:
            _log.warning(
                "llm.call_not_recorded", model=record.model, outcome=record.outcome, reason=str(error)
            )


def _storable(text: str) -> str:
    """Replace what Postgres cannot hold; cut what nobody reads."""
    return (
        text.encode(errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")[:_LONGEST_DETAIL]
    )


async def read_calls(database: Database, trace_id: str) -> list[CallRecord]:
    """Return the calls of a trace (32 hex digits) in the order of time."""
    async with database.connection() as connection:
        rows = await connection.fetch(_QUERIES["of_trace"], trace_id)
    return [CallRecord(**{**row, "outcome": CallOutcome(row["outcome"])}) for row in rows]
