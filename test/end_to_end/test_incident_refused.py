"""The founding incident, at the gate: a field renamed in the gateway alone does not get past the check."""

import json
from pathlib import Path

import pytest

from support.incident import rename_in_a_new_version, rename_in_the_gateway
from support.workspace_copy import PAYLOADS, SNAPSHOTS, WorkspaceCopy, another, copy_of_this_workspace

SERVICE = "bases/brickline/http_api/service.py"
READERS = {"analysis_worker", "reporting_api", "standalone"}

NEXT_RELEASE = '''"""The payload of the next release, before its time."""

from typing import Annotated

from pydantic import AliasChoices, Field

from brickline.schemas import DataProcessed


class RenamedDataProcessed(DataProcessed):
    """Writes `content` as `text`."""

    content: Annotated[
        str,
        Field(min_length=1, validation_alias=AliasChoices("text", "content"), serialization_alias="text"),
    ]
'''


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceCopy:
    return copy_of_this_workspace(tmp_path_factory.mktemp("incident") / "workspace")


@pytest.fixture
def workspace(as_it_is: WorkspaceCopy, tmp_path: Path) -> WorkspaceCopy:
    return another(as_it_is, tmp_path / "workspace")


def test_as_it_is_nothing_breaks(workspace: WorkspaceCopy) -> None:
    before = workspace.files()
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 topics, 5 versions, 8 consumers in 4 projects, snapshots taken at their word" in done.stdout
    assert workspace.files() == before


def test_the_field_renamed_in_the_gateway_alone_is_refused_and_the_worker_named(
    workspace: WorkspaceCopy,
) -> None:
    rename_in_the_gateway(workspace)
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stderr) == (1, "")
    for said in ("data.processed", "content", "analysis_worker", "forward", "backward", "ways out"):
        assert said in done.stdout
    assert "There is no order" not in done.stdout


def test_both_directions_are_shown_by_a_document_that_a_real_model_rejects(workspace: WorkspaceCopy) -> None:
    rename_in_the_gateway(workspace)
    done = workspace.brickline("contracts", "check", "--json")
    assert done.returncode == 1
    found = {each["direction"]: each for each in json.loads(done.stdout)["findings"]}
    forward, backward = found["forward"], found["backward"]
    for each in (forward, backward):
        assert each["topic"] == "data.processed"
        assert "content" in each["path"] + each["says"]
        assert each["witness"]["proof"] == "the real model"
        assert {project for reader in each["readers"] for project in reader["projects"]} == READERS
        assert len(each["ways_out"]) >= 2
    assert "text" in forward["witness"]["document"]
    assert "content" not in forward["witness"]["document"]
    assert "content" in forward["witness"]["complaint"]  # says the model of before, out of git
    assert "content" in backward["witness"]["document"]
    assert "text" in backward["witness"]["complaint"]


def test_it_cannot_be_accepted_either_and_nothing_is_overwritten(workspace: WorkspaceCopy) -> None:
    rename_in_the_gateway(workspace)
    before = workspace.files()
    done = workspace.brickline("contracts", "accept")
    assert done.returncode == 1
    assert "analysis_worker" in done.stdout
    assert "Nothing was recorded" in done.stdout
    assert workspace.files() == before


def test_a_private_renamed_copy_of_the_model_is_refused_with_both_classes_and_their_projects(
    workspace: WorkspaceCopy,
) -> None:
    workspace.add("bases/brickline/http_api/next_release.py", NEXT_RELEASE)
    workspace.replace(
        SERVICE,
        ("publishes=(DataProcessed,)", "publishes=(RenamedDataProcessed,)"),
        (
            "from brickline.schemas import DataProcessed",
            "from brickline.http_api.next_release import RenamedDataProcessed",
        ),
    )
    before = workspace.files()
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stdout) == (2, "")
    for said in (
        "brickline.schemas.payloads.DataProcessed",
        "brickline.http_api.next_release.RenamedDataProcessed",
        "'data.processed' version 1",
        "ingestion_api",
        "analysis_worker",
    ):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert workspace.brickline("contracts", "accept").returncode == 2
    assert workspace.files() == before


def test_as_a_new_version_with_an_upcaster_it_is_accepted_and_readers_are_deployed_first(
    workspace: WorkspaceCopy,
) -> None:
    rename_in_a_new_version(workspace)
    unrecorded = workspace.brickline("contracts", "check")
    assert unrecorded.returncode == 1
    assert "brickline contracts accept" in unrecorded.stdout
    accepted = workspace.brickline("contracts", "accept")
    assert accepted.returncode == 0
    assert "Recorded data.processed version 2." in accepted.stdout
    assert "docs/asyncapi.json" in accepted.stdout
    snapshot = (workspace.root / SNAPSHOTS / "data.processed.json").read_text("utf-8")
    assert "with_text" not in snapshot  # code is not recorded; what it reads is
    assert workspace.brickline("contracts", "graph", "--update").returncode == 0

    green = workspace.brickline("contracts", "check", "--base", "HEAD")
    assert (green.returncode, green.stderr) == (0, "")
    assert "nothing breaks" in green.stdout
    order = green.stdout[green.stdout.index("Deploy in this order") :].splitlines()
    assert order[1].strip() == "1. analysis_worker, reporting_api"
    assert order[2].strip() == "2. ingestion_api"
    assert "standalone" in order[3]


def test_version_1_is_read_for_as_long_as_it_is_retained(workspace: WorkspaceCopy) -> None:
    rename_in_a_new_version(workspace)
    assert workspace.brickline("contracts", "accept").returncode == 0
    workspace.replace(PAYLOADS, ("= {1: _with_text}", "= {}"))
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "version 1" in done.stdout
    assert "analysis_worker" in done.stdout
    assert "contracts retire data.processed 1" in done.stdout
