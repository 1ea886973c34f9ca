"""`brickline trace ID`: everything that happened to one request, in every service."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from brickline.events import TimelineStep, Waiting, paused_groups, read_timeline
from brickline.http_api import SERVICE as INGESTION
from brickline.jobs import Job
from brickline.persistence import Database, PersistenceError
from brickline.standalone.commands import exit_code
from brickline.standalone.operator_database import service_databases
from brickline.standalone.trace_calls import Called, called
from brickline.standalone.trace_jobs import Accepted, Done, accepted, done, jobs_of, trace_of

Step: TypeAlias = Accepted | TimelineStep | Called | Done

_ID = re.compile("[0-9a-f]{32}")


class UnknownTrace(PersistenceError):
    """Raised when no table knows an id."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The steps of one trace in the order of time, what waits at the end; at least one."""

    trace_id: str
    steps: tuple[Step, ...]
    jobs: tuple[Job, ...]
    notes: tuple[str, ...]
    """Why it does not get on, as far as that is known."""

    @property
    def started_at(self) -> datetime:
        """The time that others are counted from."""
        return self.steps[0].at


def trace(given: str, data: Path | None, database_url: str | None, *, as_json: bool) -> int:
    """Print the timeline of a trace, given by its id or that of a job or document; return the exit code."""

    async def run() -> None:
        async with service_databases(data, database_url) as databases:
            found = await find_trace(databases, given)
        if as_json:
            print(_as_json(found), flush=True)
        else:
            from brickline.standalone.trace_table import show_trace

            show_trace(found)

    return exit_code(run)


async def find_trace(databases: Mapping[str, Database], given: str) -> Trace:
    """Put a trace together. Raises `UnknownTrace`."""
    trace_id = await _resolve(databases, given)
    ingestion = databases.get(INGESTION.name)
    jobs = [] if ingestion is None else await jobs_of(ingestion, trace_id)
    steps: list[Step] = [step for job in jobs for step in accepted(job)]
    steps += await read_timeline(databases, trace_id)
    steps += await called(databases, trace_id)
    steps += [step for job in jobs for step in done(job)]
    if not steps:
        raise UnknownTrace(
            f"no trace, document or job has the id {given}; looked at the schemas {', '.join(databases)}"
        )
    # Stable: of what has one time, the beginning of a job stays first and its end last.
    ordered = sorted(steps, key=lambda step: (isinstance(step, Waiting), step.at))
    return Trace(trace_id, tuple(ordered), tuple(jobs), tuple(await _notes(databases, ordered, jobs)))


async def _resolve(databases: Mapping[str, Database], given: str) -> str:
    digits = given.strip().lower().replace("-", "")
    if not _ID.fullmatch(digits):
        raise UnknownTrace(f"{given!r} is no id: give a trace id (32 hex digits), a document id or a job id")
    ingestion = databases.get(INGESTION.name)
    found = None if ingestion is None else await trace_of(ingestion, UUID(digits))
    return found or digits


async def _notes(databases: Mapping[str, Database], steps: list[Step], jobs: list[Job]) -> list[str]:
    waiting = any(isinstance(step, Waiting) for step in steps)
    running = any(job.state == "running" for job in jobs)
    notes = [note for database in databases.values() for note in await _pauses(database)]
    if running and not waiting:
        notes.append(
            "Not done, and nothing waits in an outbox: the next event is in a queue of the broker or in the "
            "hands of a handler."
        )
    return notes if running or waiting else []


async def _pauses(database: Database) -> list[str]:
    async with database.connection() as connection:
        pauses = await paused_groups(connection)
    return [
        f"Group {each.group_id} is paused since {each.paused_at:%F %TZ}: {each.reason}" for each in pauses
    ]


def _as_json(found: Trace) -> str:
    whole = {
        "trace_id": found.trace_id,
        "started_at": found.started_at.isoformat(),
        "jobs": [{"job_id": str(job.job_id), "state": job.state} for job in found.jobs],
        "steps": [
            {
                "elapsed_s": round((step.at - found.started_at).total_seconds(), 6),
                **step.model_dump(mode="json"),
            }
            for step in found.steps
        ],
        "notes": list(found.notes),
    }
    readable = sys.stdout.encoding.lower() == "utf-8"
    return json.dumps(whole, indent=2, ensure_ascii=not readable)
