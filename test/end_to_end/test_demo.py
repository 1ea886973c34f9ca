"""`brickline demo`: files in, insights and a report out."""

import json
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


async def test_exit_json_prints_one_object_of_the_documented_shape_and_nothing_else(tmp_path: Path) -> None:
    program = demo(tmp_path, SAMPLES, "--exit", "--json", "--port", "0")
    program.start()
    assert await program.ended() == 0, program.said("err")
    printed = json.loads(program.said())
    assert list(printed) == ["documents", "report", "elapsed_s"]
    assert len(printed["documents"]) == 6
    for document in printed["documents"]:
        assert list(document) == ["document_id", "title", "trace_id", "model", "insights", "seconds"]
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


async def test_without_json_tables_show_what_was_found_and_where(tmp_path: Path, papers: Path) -> None:
    program = demo(tmp_path, papers / "ferry.md", papers, "--exit", "--port", "0")
    program.start()
    assert await program.ended() == 0, program.said("err")
    shown = program.said()
    assert "2 documents" in shown
    assert "extractive" in shown
    assert "Ferry timetable review" in shown
    assert "Bridge inspection" in shown
    assert "Themes across 2 documents" in shown
    assert "hidden" not in shown
    assert "API key" not in shown


@pytest.mark.parametrize("stream", ["out", "err"])
async def test_without_exit_it_goes_on_serving_and_says_where_and_with_which_key(
    tmp_path: Path, papers: Path, stream: str
) -> None:
    as_json = ["--json"] if stream == "err" else []
    program = demo(tmp_path, papers, "--port", "0", *as_json)
    program.start()
    try:
        lines = re.compile(r"^(http://127\.0\.0\.1:\d+)\nAPI key: (\S+)$", re.MULTILINE)
        found = await eventually(lambda: lines.search(program.said(stream)), 30)
        if as_json:
            assert json.loads(program.said())["report"]["documents"] == 2
        headers = {"Authorization": f"Bearer {found[2]}"}
        async with httpx.AsyncClient(base_url=found[1], headers=headers, trust_env=False) as http:
            assert (await http.get("/reports/themes")).json()["documents"] == 2
        program.send(signal.SIGINT)
        assert await program.ended(10) == 0
    finally:
        await program.stop()


@pytest.fixture
async def kept(folder: Path, papers: Path) -> AsyncIterator[Path]:
    """A data directory in which one demo has kept its documents."""
    program = demo(papers, papers, "--exit", "--port", "0", "--data", folder / "data")
    program.start()
    assert await program.ended() == 0, program.said("err")
    yield folder / "data"


async def test_a_given_data_directory_keeps_the_documents(kept: Path, tmp_path: Path) -> None:
    again = demo(tmp_path, SAMPLES / "hospital-staffing-memo.txt", "--exit", "--json", "--port", "0", "--data", kept)
    again.start()
    assert await again.ended() == 0, again.said("err")
    printed = json.loads(again.said())
    assert len(printed["documents"]) == 1
    assert printed["report"]["documents"] == 3
