"""What keeps `brickline contracts` from an answer is named, with exit code 2, and nothing is overwritten."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.workspace_copy import PAYLOADS, SNAPSHOTS, WorkspaceCopy, another, copy_of_this_workspace

SERVICE = "bases/brickline/http_api/service.py"
SNAPSHOT = SNAPSHOTS / "data.processed.json"


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceCopy:
    return copy_of_this_workspace(tmp_path_factory.mktemp("bad") / "workspace")


@pytest.fixture
def workspace(as_it_is: WorkspaceCopy, tmp_path: Path) -> WorkspaceCopy:
    return another(as_it_is, tmp_path / "workspace")


@pytest.fixture
def worker_alone(workspace: WorkspaceCopy) -> WorkspaceCopy:
    """A workspace with one project, whose code is imported sooner than that of all."""
    for project in (workspace.root / "projects").iterdir():
        if project.name != "analysis_worker":
            shutil.rmtree(project)
    return workspace


def refused(workspace: WorkspaceCopy, *arguments: str, at: Path | None = None, **variables: str) -> str:
    """What the command says on stderr, having changed nothing."""
    before = workspace.files()
    done = workspace.brickline("contracts", *arguments, at=at, **variables)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("brickline: ")
    assert workspace.files() == before
    return done.stderr


def edited_by_hand(workspace: WorkspaceCopy) -> str:
    workspace.replace(str(SNAPSHOT), ('"content"', '"kontent"'))
    return "data.processed.json"


def missing(workspace: WorkspaceCopy) -> str:
    (workspace.root / SNAPSHOT).unlink()
    return "data.processed"


def newer(workspace: WorkspaceCopy) -> str:
    path = workspace.root / SNAPSHOT
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 99}), "utf-8")
    return "99"


def no_json(workspace: WorkspaceCopy) -> str:
    (workspace.root / SNAPSHOT).write_bytes(b"\xff<<<<<<< HEAD")
    return "data.processed.json"


def without_a_schema(workspace: WorkspaceCopy) -> str:
    workspace.replace(
        PAYLOADS,
        ("    content: Annotated[str, Field(min_length=1)]\n", "    content: complex\n"),
    )
    return "DataProcessed"


def two_models(workspace: WorkspaceCopy) -> str:
    workspace.add(
        "bases/brickline/http_api/own.py",
        '"""Another model."""\n\nfrom brickline.schemas import DataProcessed\n\n\n'
        'class Mine(DataProcessed):\n    """It is mine."""\n\n    mine: str = ""\n',
    )
    workspace.replace(
        SERVICE,
        ("publishes=(DataProcessed,)", "publishes=(Mine,)"),
        ("from brickline.schemas import DataProcessed", "from brickline.http_api.own import Mine"),
    )
    return "brickline.http_api.own.Mine"


def no_version(workspace: WorkspaceCopy) -> str:
    topic = '    topic: ClassVar[str] = "data.processed"\n'
    workspace.replace(PAYLOADS, (topic, f"{topic}    version: ClassVar[int] = 0\n"))
    return "DataProcessed"


def no_python(workspace: WorkspaceCopy) -> str:
    workspace.replace(PAYLOADS, ("class DataProcessed(", "class class DataProcessed("))
    return "payloads.py, line"


def broken_base(workspace: WorkspaceCopy) -> str:
    workspace.replace(SERVICE, ("SERVICE = Service(", "SERVICE = Servis("))
    return "brickline.http_api"


def exiting_base(workspace: WorkspaceCopy) -> str:
    workspace.replace(SERVICE, ("SERVICE = Service(", 'raise SystemExit("no")\nSERVICE = Service('))
    return "brickline.http_api"


def listed_and_not_there(workspace: WorkspaceCopy) -> str:
    workspace.replace(
        "projects/ingestion_api/pyproject.toml",
        (
            '"../../bases/brickline/http_api" = "brickline/http_api"',
            '"../../bases/brickline/x" = "brickline/x"',
        ),
    )
    return "brickline.x"


def broken_project(workspace: WorkspaceCopy) -> str:
    workspace.add("projects/ingestion_api/pyproject.toml", "[[[")
    return "projects/ingestion_api/pyproject.toml"


@pytest.mark.parametrize(
    "spoil", [edited_by_hand, missing, newer, no_json, without_a_schema, no_version, no_python]
)
def test_what_is_recorded_and_cannot_be_read_is_named_and_never_overwritten(
    worker_alone: WorkspaceCopy, spoil: Callable[[WorkspaceCopy], str]
) -> None:
    assert spoil(worker_alone) in refused(worker_alone, "accept")


@pytest.mark.parametrize(
    "spoil", [two_models, broken_base, exiting_base, listed_and_not_there, broken_project]
)
def test_what_is_not_known_of_a_project_is_named_and_nothing_is_recorded(
    workspace: WorkspaceCopy, spoil: Callable[[WorkspaceCopy], str]
) -> None:
    assert spoil(workspace) in refused(workspace, "accept")


@pytest.mark.parametrize("spoil", [edited_by_hand, missing, no_python])
def test_a_check_names_it_too(worker_alone: WorkspaceCopy, spoil: Callable[[WorkspaceCopy], str]) -> None:
    assert spoil(worker_alone) in refused(worker_alone, "check")


@pytest.mark.parametrize("ref", ["nosuch", "--all", ""])
def test_a_base_that_is_no_commit_is_named(worker_alone: WorkspaceCopy, ref: str) -> None:
    assert repr(ref) in refused(worker_alone, "check", f"--base={ref}")


def test_a_base_is_refused_where_there_is_no_git(workspace: WorkspaceCopy) -> None:
    shutil.rmtree(workspace.root / ".git")
    assert "HEAD" in refused(workspace, "check", "--base", "HEAD")
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_base_is_refused_where_the_program_is_missing(worker_alone: WorkspaceCopy, tmp_path: Path) -> None:
    assert "git" in refused(worker_alone, "check", "--base", "HEAD", PATH=str(tmp_path))


def test_without_git_a_break_is_shown_by_the_schema_and_that_is_said(workspace: WorkspaceCopy) -> None:
    shutil.rmtree(workspace.root / ".git")
    workspace.replace(PAYLOADS, ("    content: Annotated[", "    text: Annotated["))
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "its schema" in done.stdout
    assert "this is no checkout of git" in done.stdout


def test_outside_of_a_workspace_that_is_said(workspace: WorkspaceCopy, tmp_path: Path) -> None:
    for command in (["accept"], ["graph", "--update"]):
        assert "workspace.toml" in refused(workspace, *command, at=tmp_path)


def test_a_subfolder_and_a_detached_head_will_do(workspace: WorkspaceCopy) -> None:
    workspace.git("checkout", "--quiet", "--detach")
    done = workspace.brickline("contracts", "check", "--base", "HEAD", at=workspace.root / "docs")
    assert (done.returncode, done.stderr) == (0, "")
    assert "held against HEAD" in done.stdout


def test_code_of_another_workspace_is_not_taken_for_this_one(workspace: WorkspaceCopy) -> None:
    said = refused(workspace, "check", PYTHONPATH="")
    assert str(workspace.root) in said
    assert "not from this workspace" in said


def test_an_unknown_topic_is_named(worker_alone: WorkspaceCopy) -> None:
    assert "'nosuch'" in refused(worker_alone, "accept", "nosuch")


def test_what_cannot_be_written_is_said_and_nothing_is_half_written(workspace: WorkspaceCopy) -> None:
    workspace.replace(PAYLOADS, ("    part: Annotated[", '    note: str = ""\n    part: Annotated['))
    folder = workspace.root / SNAPSHOTS
    shutil.rmtree(folder)
    folder.write_text("in the way")
    assert "snapshots" in refused(workspace, "accept")


def test_whoever_stops_reading_gets_the_verdict_all_the_same(workspace: WorkspaceCopy) -> None:
    workspace.replace(PAYLOADS, ("    content: Annotated[", "    text: Annotated["))
    command = [str(Path(sys.executable).parent / "brickline"), "contracts", "check"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        done = subprocess.run(
            command,
            cwd=workspace.root,
            env=workspace.environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_terminal_that_knows_few_characters_gets_what_it_can_show(workspace: WorkspaceCopy) -> None:
    ascii_only = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    for command in (["check", "--json"], ["graph"]):
        done = workspace.brickline("contracts", *command, **ascii_only)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()
