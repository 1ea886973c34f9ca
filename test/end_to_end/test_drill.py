"""`brickline drill incident`: the founding incident for real, its figures counted once more from outside."""

import json
import signal
from pathlib import Path

from brickline.embedded import EmbeddedPostgres
from end_to_end.program import COMMAND, Program
from end_to_end.refusal import refused
from end_to_end.rows import connected
from support.waiting import eventually

EVENTS = 300
INCIDENT = [COMMAND, "drill", "incident"]

# What the tables must hold at the end, by queries that share nothing with the drill's own.
ENDS = {
    "select count(distinct document_id) from ingestion.documents": EVENTS,
    "select count(*) from ingestion.job_documents where state = 'reported'": EVENTS,
    "select count(*) from analysis.inbox where group_id = 'analysis' and handler_ms is not null": EVENTS,
    "select count(*) from analysis.analyses where parts_done = 1": EVENTS,
    "select count(distinct event_id) from reporting.inbox where group_id = 'reporting.insights'": EVENTS,
    "select count(*) from reporting.inbox where group_id = 'reporting.insights'": EVENTS,
    "select count(*) from reporting.documents where summary <> '' and failure is null": EVENTS,
    "select count(*) from analysis.dead_letters where state <> 'replayed'": 0,
    "select count(*) from ingestion.dead_letters": 0,
    "select count(*) from reporting.dead_letters": 0,
    "select count(*) from ingestion.outbox": 0,
    "select count(*) from analysis.outbox": 0,
    "select count(*) from reporting.outbox": 0,
    "select count(*) from analysis.group_pauses": 0,
}


async def test_the_incident_is_loud_costs_nothing_twice_and_loses_nothing(folder: Path) -> None:
    keep = folder / "kept"
    drill = Program("drill", [*INCIDENT, "--events", str(EVENTS), "--json", "--keep", str(keep)], folder)
    drill.start()
    assert await drill.ended(90) == 0, drill.said("err")
    found = json.loads(drill.said())
    broken, mended = found["broken"], found["mended"]
    assert found["passed"] is True
    assert (broken["ready"], "cannot be read" in broken["readiness"]) == (False, True)
    assert broken["dead_letters"] == 19
    assert (broken["waiting"], broken["lost"], broken["llm_calls"]) == (EVENTS - broken["dead_letters"], 0, 0)
    assert (mended["llm_calls"], mended["llm_calls_repeated"]) == (EVENTS, 0)
    async with EmbeddedPostgres(keep / "postgres") as postgres, connected(postgres.dsn) as connection:
        assert {query: await connection.fetchval(query) for query in ENDS} == ENDS
        letters = await connection.fetchval(
            "select count(*) from analysis.dead_letters where closed_by = 'drill'"
        )
    assert letters == broken["dead_letters"] == mended["replayed"]
    assert "Finish: 300 of 300" in drill.said("err")
    assert "is not empty" in await refused(folder, [*INCIDENT, "--keep", str(keep)])


async def test_a_drill_that_is_interrupted_ends_cleanly_and_does_not_look_like_a_success(
    folder: Path,
) -> None:
    drill = Program("drill", [*INCIDENT, "--events", "100000"], folder, {"TMPDIR": str(folder)})
    drill.start()
    await eventually(lambda: "Accept documents: 0 of 100,000" in drill.said("err"), 30)
    drill.send(signal.SIGINT)
    assert await drill.ended() == 130
    assert drill.said() == ""
    assert drill.said("err").splitlines()[-1] == "brickline: stopped before the drill was done"
    assert left_over(folder) == []


def left_over(folder: Path) -> list[Path]:
    """Directories of drills that were not removed."""
    return list(folder.glob("brickline-drill-*"))


async def test_a_drill_of_a_size_that_makes_no_sense_is_refused(folder: Path) -> None:
    for events in ("0", "1000001", "many"):
        assert "--events" in await refused(folder, [*INCIDENT, "--events", events], code=2, name=events)
