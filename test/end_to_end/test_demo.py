"""`brickline demo`: files in, insights and a report out."""

import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from end_to_end.program import COMMAND, Program
from end_to_end.texts import NOTE
from support.waiting import eventually

SAMPLES = Path(__file__).parents[2] / "development" / "samples"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "older").mkdir(parents=True)
    (folder / "ferry.md").write_text(NOTE)
    (folder / "older" / "bridge.txt").write_text("Bridge inspection\n\nThe bridge has rust on bearing four.")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".draft.md").write_text("hidden")
    return folder


def demo(folder: Path, *arguments: str | Path) -> Program:
    return Program("demo", [COMMAND, "demo", *map(str, arguments)], folder)


async def test_exit_json_prints_one_object_of_the_documented_shape_and_nothing_else(
    tmp_path: Path,
) -> None:
    program = demo(tmp_path, SAMPLES, "--exit", "--json", "--port", "0")
    program.start()
    assert await program.ended() == 0, program.said("err")
    printed = json.loads(program.said())
    assert list(printed) == ["documents", "report", "elapsed_s"]
    assert len(printed["documents"]) == 6
    for document in printed["documents"]:
        assert list(document) == [
            "document_id",
            "title",
            "trace_id",
            "model",
            "degraded",
            "repaired",
            "cost_usd",
            "insights",
            "seconds",
        ]
        assert (document["degraded"], document["repaired"], document["cost_usd"]) == (False, False, 0)
        assert UUID(document["document_id"])
        assert re.fullmatch("[0-9a-f]{32}", document["trace_id"])
        assert document["title"]
        assert document["model"].startswith("extractive")
        assert list(document["insights"]) == ["summary", "themes"]
        assert document["insights"]["summary"]
        assert 3 <= len(document["insights"]["themes"]) <= 12
        assert 0 < document["seconds"] <= printed["elapsed_s"]
    assert printed["report"]["documents"] == 6
    listed = {document["document_id"] for document in printed["documents"]}
    for theme in printed["report"]["themes"]:
        assert theme["count"] == len(theme["documents"]) >= 1
        assert {document["document_id"] for document in theme["documents"]} <= listed
    assert "Traceback" not in program.said("err")


@pytest.fixture
async def served(folder: Path, papers: Path) -> AsyncIterator[Program]:
    """A demo without --exit whose tables have been printed."""
    program = demo(folder, papers / "ferry.md", papers, "--port", "0", "--data", folder / "data")
    program.start()
    try:
        await eventually(lambda: "API key" in program.said(), 30)
        yield program
    finally:
        assert await program.stop() == 0


async def test_tables_show_what_was_found_and_where_and_the_demo_goes_on_serving(served: Program) -> None:
    shown = served.said()
    assert "2 documents" in shown
    assert "extractive" in shown
    assert "Ferry timetable review" in shown
    assert "Bridge inspection" in shown
    assert "Themes across 2 documents" in shown
    assert "hidden" not in shown
    assert await documents_reported(shown) == 2


async def test_a_given_data_directory_keeps_the_documents_and_json_has_stdout_for_itself(
    served: Program, folder: Path, tmp_path: Path
) -> None:
    await served.stop()
    again = demo(
        tmp_path, SAMPLES / "hospital-staffing-memo.txt", "--json", "--port", "0", "--data", folder / "data"
    )
    again.start()
    try:
        await eventually(lambda: "API key" in again.said("err"), 30)
        printed = json.loads(again.said())
        assert len(printed["documents"]) == 1
        assert printed["report"]["documents"] == 3
        assert await documents_reported(again.said("err")) == 3
    finally:
        assert await again.stop() == 0


async def test_when_the_reader_of_the_output_has_gone_it_ends_without_a_word(
    tmp_path: Path, papers: Path
) -> None:
    program = demo(tmp_path, papers, "--port", "0")
    reading, writing = os.pipe()
    os.close(reading)
    program.start(stdout=writing)
    os.close(writing)
    assert await program.ended() == 1
    assert "Error" not in program.said("err")
    assert "exception" not in program.said("err")


async def documents_reported(said: str) -> int:
    """What the server answers whose address and key were printed, a line each."""
    lines = re.search(r"^(http://127\.0\.0\.1:\d+)\nAPI key: (\S+)$", said, re.MULTILINE)
    assert lines is not None
    headers = {"Authorization": f"Bearer {lines[2]}"}
    async with httpx.AsyncClient(base_url=lines[1], headers=headers, trust_env=False) as http:
        return int((await http.get("/reports/themes")).json()["documents"])


async def test_a_demo_that_is_stopped_before_it_is_done_does_not_look_like_a_success(
    tmp_path: Path, papers: Path
) -> None:
    program = demo(tmp_path, papers, "--exit", "--json", "--data", tmp_path / "data")
    program.start()
    await eventually(lambda: (tmp_path / "data" / "postgres" / "cluster" / "postmaster.pid").exists(), 20)
    program.send(signal.SIGTERM)
    assert await program.ended() == 130
    assert program.said() == ""
    assert "stopped before the documents were done" in program.said("err")


async def test_two_demos_that_exit_do_not_want_the_same_port(tmp_path: Path, papers: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    programs = [demo(tmp_path / name, papers, "--exit", "--json") for name in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        assert await program.ended() == 0, program.said("err")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
async def test_a_disk_that_is_full_is_told_in_a_sentence(tmp_path: Path, papers: Path) -> None:
    program = demo(tmp_path, papers, "--exit", "--json")
    program.start(stdout=os.open("/dev/full", os.O_WRONLY))
    assert await program.ended() == 1
    assert "No space left on device" in program.said("err")
    assert "Traceback" not in program.said("err")
