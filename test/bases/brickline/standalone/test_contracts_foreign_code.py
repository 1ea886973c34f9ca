"""The workspace's code may print, exit or never end: neither an answer nor a verdict is made of that."""

import json
import sys
from pathlib import Path

import pytest

from brickline.standalone.contracts.broken_code import code_of
from support.workspace_copy import PAYLOADS, WorkspaceCopy, another, copy_of_this_workspace

SCHEMAS = "components/brickline/schemas/__init__.py"
SERVICE = "bases/brickline/http_api/service.py"
LEAVING = '''

class _Leaving(tuple):
    """It is not meant to be looked at."""

    def __iter__(self):
        raise SystemExit(0)


object.__setattr__(SERVICE, "publishes", _Leaving(SERVICE.publishes))
'''


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceCopy:
    return copy_of_this_workspace(tmp_path_factory.mktemp("foreign") / "workspace")


@pytest.fixture
def workspace(as_it_is: WorkspaceCopy, tmp_path: Path) -> WorkspaceCopy:
    return another(as_it_is, tmp_path / "workspace")


def append(workspace: WorkspaceCopy, file: str, text: str) -> None:
    workspace.add(file, (workspace.root / file).read_text("utf-8") + text)


def test_whatever_the_code_exits_with_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    for code in (0, 1, None, "no"):
        assert code_of(lambda code=code: sys.exit(code), as_json=True) == 2  # type: ignore[misc]  # bound at once
        printed = capsys.readouterr()
        assert printed.err.startswith("brickline: the workspace's code has ended the command: SystemExit")
        assert "test_contracts_foreign_code.py, line" in json.loads(printed.out)["error"]
    assert code_of(lambda: 1) == 1


@pytest.mark.parametrize("command", ["check", "accept", "graph"])
def test_code_that_exits_while_it_is_looked_at_ends_with_2(workspace: WorkspaceCopy, command: str) -> None:
    append(workspace, SERVICE, LEAVING)
    before = workspace.files()
    done = workspace.brickline("contracts", command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has ended the command: SystemExit: 0" in done.stderr
    assert f"{SERVICE}, line" in done.stderr
    assert workspace.files() == before


def test_an_upcaster_that_exits_is_a_finding_and_not_fine(workspace: WorkspaceCopy) -> None:
    topic = '    topic: ClassVar[str] = "report.updated"\n'
    upcaster = "{1: lambda data: __import__('sys').exit(0)}"
    versions = (
        f"    version: ClassVar[int] = 2\n    upcasters: ClassVar[Mapping[int, Upcaster]] = {upcaster}\n"
    )
    workspace.replace(
        PAYLOADS,
        (topic, topic + versions),
        ("import Payload\n", "import Payload, Upcaster\n"),
        ("from typing import", "from collections.abc import Mapping\nfrom typing import"),
    )
    done = workspace.brickline("contracts", "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert "version 1 cannot be upcast to 2: SystemExit" in done.stdout


def test_what_the_code_prints_goes_to_stderr(workspace: WorkspaceCopy) -> None:
    append(workspace, PAYLOADS, '\nprint("from a module")\n')
    append(workspace, SERVICE, '\nprint("from a service")\n')
    for command in (["check", "--json"], ["accept", "--json"], ["graph", "--format", "json"]):
        done = workspace.brickline("contracts", *command)
        assert done.returncode == 0
        json.loads(done.stdout)
        assert done.stderr.splitlines() == ["from a module", "from a service"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--base", "nosuch"],
        ["accept", "nosuch"],
        ["retire", "nosuch", "1", "--why", "it is not there"],
        ["live", "--data", "here", "--database-url", "postgresql://there"],
    ],
)
def test_a_program_is_told_in_json_what_there_is_no_answer_for(
    workspace: WorkspaceCopy, arguments: list[str]
) -> None:
    done = workspace.brickline("contracts", *arguments, "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert done.stderr == f"brickline: {error}\n"


def test_code_that_cannot_be_imported_is_told_in_json_too(workspace: WorkspaceCopy) -> None:
    append(workspace, SCHEMAS, "\nprint('soon')\nraise SystemExit(0)\n")
    done = workspace.brickline("contracts", "check", "--json")
    assert done.returncode == 2
    assert "cannot be imported: SystemExit: 0" in json.loads(done.stdout)["error"]
    assert done.stderr.startswith("soon\nbrickline: the workspace's code cannot be imported")
