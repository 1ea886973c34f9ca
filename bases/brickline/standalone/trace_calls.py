"""What tier 1 knows of a trace: which models were asked, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from brickline.llm_routing import CallRecord, read_calls
from brickline.persistence import Database, tables_as_expected
from brickline.rabbit_worker import SERVICE as ANALYSIS


class Called(BaseModel):
    """A model was asked."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    """When the call ended."""
    service: str = ANALYSIS.name
    what: Literal["LLM call"] = "LLM call"
    event_id: UUID
    step: str
    attempt: int
    provider: str
    model: str
    state: str
    outcome: str | None
    detail: str | None
    duration_ms: float
    input_tokens: int
    output_tokens: int
    cost_micros: int


async def called(databases: Mapping[str, Database], trace_id: str) -> list[Called]:
    """Return the calls of a trace. Raises `MigrationError` for tables of an older version."""
    database = databases.get(ANALYSIS.name)
    if database is None:
        return []
    with tables_as_expected(ANALYSIS.name):
        return [_step(record) for record in await read_calls(database, trace_id)]


def _step(record: CallRecord) -> Called:
    return Called(
        at=record.ended_at,
        event_id=record.event_id,
        step=record.step,
        attempt=record.attempt,
        provider=record.provider,
        model=record.model,
        state=record.state,
        outcome=record.outcome,
        detail=record.detail,
        duration_ms=round(record.duration_ms, 1),
        input_tokens=record.input_tokens,
        output_tokens=record.output_tokens,
        cost_micros=record.cost_micros,
    )
