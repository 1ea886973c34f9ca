"""The envelope as the command holds it: a change that would stop every reader does not get past it."""

from pathlib import Path

import pytest

from support.workspace_copy import SNAPSHOTS, WorkspaceCopy, another, copy_of_this_workspace

CLOUD_EVENT = "components/brickline/schemas/cloud_event.py"
ENVELOPE = "components/brickline/schemas/envelope.py"
WIRE = "components/brickline/schemas/wire.py"
TENANT = "    tenant: Tenant\n"


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceCopy:
    return copy_of_this_workspace(tmp_path_factory.mktemp("envelope") / "workspace")


@pytest.fixture
def workspace(as_it_is: WorkspaceCopy, tmp_path: Path) -> WorkspaceCopy:
    return another(as_it_is, tmp_path / "workspace")


def test_a_new_required_attribute_is_refused_though_it_is_written(workspace: WorkspaceCopy) -> None:
    workspace.replace(CLOUD_EVENT, (TENANT, f"{TENANT}    region: str\n"))
    tenant = '        "tenant": event.tenant,\n'
    workspace.replace(WIRE, (tenant, f'{tenant}        "region": "eu",\n'))
    workspace.brickline("contracts", "graph", "--update")
    before = workspace.files()
    for base in ((), ("--base", "HEAD")):
        done = workspace.brickline("contracts", "check", *base)
        assert (done.returncode, done.stderr) == (1, "")
        for said in (
            "envelope: breaks",
            "region: add required (backward)",
            "rejected by the real model: region: Field required",
            "group analysis of analysis (analysis_worker, standalone)",
            "group jobs.failed of ",
            "No order to deploy what breaks: mend the findings first.",
        ):
            assert said in done.stdout
        assert "Deploy" not in done.stdout
    assert workspace.brickline("contracts", "accept").returncode == 1
    assert workspace.files() == before


def test_what_the_reader_of_before_does_not_take_its_real_model_rejects(workspace: WorkspaceCopy) -> None:
    workspace.replace(CLOUD_EVENT, ("max_length=64", "max_length=100"))
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "source: widen (forward)" in done.stdout
    assert "rejected by the real model: source: String should have at most 64 characters" in done.stdout


def test_narrowed_tenants_are_refused(workspace: WorkspaceCopy) -> None:
    workspace.replace(ENVELOPE, ("^[a-z0-9_-]{1,64}$", "^[a-z]{1,8}$"))
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "envelope: breaks" in done.stdout
    assert "  tenant: " in done.stdout


def test_an_attribute_that_may_be_missing_is_accepted_and_goes_out_in_any_order(
    workspace: WorkspaceCopy,
) -> None:
    workspace.replace(CLOUD_EVENT, (TENANT, f"{TENANT}    region: str | None = None\n"))
    workspace.brickline("contracts", "graph", "--update")
    done = workspace.brickline("contracts", "check")
    assert done.returncode == 1
    assert "1 safe change to record" in done.stdout
    accepted = workspace.brickline("contracts", "accept", "envelope")
    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert "Recorded envelope version 1, revision 2." in accepted.stdout
    done = workspace.brickline("contracts", "check", "--base", "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    projects = "analysis_worker, ingestion_api, reporting_api, standalone"
    assert f"Deploy in any order, old and new side by side: {projects}." in done.stdout


def test_a_base_from_before_there_were_snapshots_makes_nothing_new(workspace: WorkspaceCopy) -> None:
    workspace.git("rm", "--quiet", "-r", "--cached", str(SNAPSHOTS))
    workspace.git("commit", "--quiet", "--message", "Before")
    done = workspace.brickline("contracts", "check", "--base", "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    assert "not held against HEAD, which has no snapshots: nothing breaks." in done.stdout
    assert "Deploy" not in done.stdout


def test_it_is_not_retired(workspace: WorkspaceCopy, tmp_path: Path) -> None:
    done = workspace.brickline("contracts", "retire", "envelope", "1", "--why", "x", "--data", str(tmp_path))
    assert done.returncode != 0
    assert "the envelope has one version and keeps it" in done.stderr
