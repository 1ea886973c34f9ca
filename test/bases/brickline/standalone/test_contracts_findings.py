"""What a newcomer meets at the gate: each finding says what, where, and a way out that works."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from support.incident import rename_in_the_gateway
from support.workspace_copy import PAYLOADS, SNAPSHOTS, WorkspaceCopy, another, copy_of_this_workspace

ROUTES = "components/brickline/schemas/routes.py"
SNAPSHOT = SNAPSHOTS / "data.processed.json"
NEW_TOPIC = '''

class NoteTaken(Payload):
    """Something was noted."""

    topic: ClassVar[str] = "note.taken"

    text: str


PAYLOADS = (*PAYLOADS, NoteTaken)
'''


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceCopy:
    return copy_of_this_workspace(tmp_path_factory.mktemp("findings") / "workspace")


@pytest.fixture
def workspace(as_it_is: WorkspaceCopy, tmp_path: Path) -> WorkspaceCopy:
    return another(as_it_is, tmp_path / "workspace")


def append(workspace: WorkspaceCopy, file: str, text: str) -> None:
    workspace.add(file, (workspace.root / file).read_text("utf-8") + text)


def with_safe_change(workspace: WorkspaceCopy) -> None:
    text = (workspace.root / PAYLOADS).read_text("utf-8")
    workspace.add(
        PAYLOADS,
        re.sub(
            r"(class DataProcessed\(.*?)\n\n\n", r"\1\n    shelf: str | None = None\n\n\n", text, flags=re.S
        ),
    )


def follow(workspace: WorkspaceCopy, said: str) -> None:
    """Do what is said, as one who copies it."""
    (command,) = re.findall(r"`(git restore [^`]*)`", said)
    command = re.sub(r"<[^>]*>", "HEAD", command)
    subprocess.run(command, shell=True, cwd=workspace.root, env=workspace.environment, check=True)


def test_a_group_without_a_route_is_found(workspace: WorkspaceCopy) -> None:
    workspace.replace(ROUTES, ('("jobs.reported",)', "()"))
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "not routed: group 'jobs.reported' of ingestion" in done.stdout
    assert ROUTES in done.stdout


def test_a_safe_change_is_told_in_text_and_json_and_when_it_is_recorded(workspace: WorkspaceCopy) -> None:
    with_safe_change(workspace)
    line = "+ shelf: string or null, default null"
    assert f"    {line}\n" in workspace.brickline("contracts", "check").stdout
    (finding,) = json.loads(workspace.brickline("contracts", "check", "--json").stdout)["findings"]
    assert finding["changes"] == [line]
    accepted = json.loads(workspace.brickline("contracts", "accept", "--json").stdout)
    assert [each["changes"] for each in accepted["accepted"]] == [[line]]


def test_a_new_topic_is_a_finding_and_the_rest_is_checked(workspace: WorkspaceCopy) -> None:
    append(workspace, PAYLOADS, NEW_TOPIC)
    rename_in_the_gateway(workspace)
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert "note.taken: safe, and not recorded yet" in done.stdout
    assert "The topic is new and not on record yet" in done.stdout
    assert "+ text: string, required" in done.stdout
    assert "data.processed: breaks" in done.stdout


def test_a_renamed_topic_is_one_that_is_gone_and_one_that_is_new(workspace: WorkspaceCopy) -> None:
    workspace.replace(PAYLOADS, ('"report.updated"', '"report.renewed"'))
    done = workspace.brickline("contracts", "check", "--json")
    assert done.returncode == 1
    found = {(each["topic"], each["kind"]) for each in json.loads(done.stdout)["findings"]}
    assert found == {("report.updated", "removed"), ("report.renewed", "unrecorded")}


def test_where_git_cannot_be_asked_a_missing_snapshot_may_have_been_one(workspace: WorkspaceCopy) -> None:
    append(workspace, PAYLOADS, NEW_TOPIC)
    (workspace.root / ".git").rename(workspace.root / "no.git")
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no snapshot of 'note.taken'" in done.stderr


def test_git_is_not_started_where_nothing_is_missing(workspace: WorkspaceCopy, tmp_path: Path) -> None:
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\n: > {tmp_path}/started\nexit 1\n")
    git.chmod(0o755)
    assert workspace.brickline("contracts", "check", PATH=str(git.parent)).returncode == 0
    assert not (tmp_path / "started").exists()
    (workspace.root / SNAPSHOT).unlink()
    assert workspace.brickline("contracts", "check", PATH=str(git.parent)).returncode == 2
    assert (tmp_path / "started").exists()


def test_the_way_to_have_a_snapshot_back_can_be_pasted(workspace: WorkspaceCopy) -> None:
    path = workspace.root / SNAPSHOT
    as_it_was = path.read_bytes()
    for spoilt in (None, b"{", b"<<<<<<< HEAD\n" + as_it_was + b"=======\n>>>>>>> main\n"):
        path.unlink() if spoilt is None else path.write_bytes(spoilt)
        done = workspace.brickline("contracts", "accept" if spoilt is None else "check")
        assert (done.returncode, done.stdout) == (2, "")
        assert SNAPSHOT.as_posix() in done.stderr
        follow(workspace, done.stderr)
        assert path.read_bytes() == as_it_was


def test_a_break_says_where_the_model_stands_and_nothing_of_stale_files(workspace: WorkspaceCopy) -> None:
    rename_in_the_gateway(workspace)
    report = json.loads(workspace.brickline("contracts", "check", "--json").stdout)
    (model,) = {tuple(each["model"].values()) for each in report["findings"]}
    file, line = model
    assert file == PAYLOADS
    assert (workspace.root / file).read_text("utf-8").splitlines()[line - 1].startswith("class DataProcessed")
    assert report["stale"] == ["docs/asyncapi.json"]
    text = workspace.brickline("contracts", "check").stdout
    assert f"{PAYLOADS}:{line}" in text
    assert "asyncapi" not in text


def test_ways_out_are_wrapped_and_what_is_to_be_copied_is_not_cut(workspace: WorkspaceCopy) -> None:
    rename_in_the_gateway(workspace)
    text = workspace.brickline("contracts", "check").stdout
    ways = text[text.index("ways out") : text.index("\n\n", text.index("ways out"))].splitlines()
    assert len(ways) > 3
    assert all(len(line) <= 110 for line in ways)
    assert any("`brickline contracts accept`" in line for line in ways)
    assert ways[0].endswith("- take the change back")


def test_what_is_wrong_with_the_map_is_told_when_a_change_is_recorded(workspace: WorkspaceCopy) -> None:
    append(workspace, PAYLOADS, NEW_TOPIC)
    done = workspace.brickline("contracts", "accept")
    assert done.returncode == 0
    assert "Recorded note.taken version 1." in done.stdout
    assert "'note.taken' is read by nobody" in done.stdout


@pytest.mark.parametrize(
    ("topic", "version", "says"),
    [
        (
            "data.processed",
            "9",
            "'data.processed' version 9 cannot be retired: there is no such version; retained: 1",
        ),
        ("data.processed", "1", "it is the newest, and written today"),
        (
            "data.lost",
            "1",
            "no snapshot is of the topic 'data.lost': there are analysis.completed, data.processed",
        ),
    ],
)
def test_what_cannot_be_retired_is_told_before_anybody_looks_for_events(
    workspace: WorkspaceCopy, topic: str, version: str, says: str
) -> None:
    done = workspace.brickline("contracts", "retire", topic, version, "--why", "nobody has one")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_base_that_there_is_not_is_said_in_our_words(workspace: WorkspaceCopy) -> None:
    done = workspace.brickline("contracts", "check", "--base", "nosuch")
    assert done.returncode == 2
    assert "'nosuch' is no commit of the repository" in done.stderr
    assert "single revision" not in done.stderr
