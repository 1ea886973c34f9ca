"""Code of models that exits, fails in its own way or never ends: a refusal, never an acceptance."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from brickline.contracts import FindingKind, Proof
from brickline.contracts.limit import TookTooLong, limited
from brickline.contracts.proof import rejects
from support.gated import Workspace, payload


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "snapshots")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brickline.contracts.limit.DOCUMENT_S", 0.1)


def leaving(value: Any) -> Any:
    sys.exit(0)


def failing(value: Any) -> Any:
    raise KeyError("never heard of it")


def endless(value: Any) -> Any:
    while True:
        try:
            time.sleep(0.01)
        except Exception:  # what such code does
            continue


def test_an_upcaster_that_exits_is_a_finding(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(2, {1: leaving}, item=str)).findings
    assert finding.kind is FindingKind.UPCASTER
    assert "version 1 cannot be upcast to 2: SystemExit" in finding.says


@pytest.mark.parametrize(
    ("code", "complaint"), [(leaving, "SystemExit: 0"), (failing, "KeyError: 'never heard of it'")]
)
def test_a_validator_that_exits_or_fails_in_its_own_way_is_a_finding(
    code: Any, complaint: str, workspace: Workspace
) -> None:
    workspace.accepting(payload(item=str))
    checked = Annotated[str, AfterValidator(code)]
    (finding,) = workspace.report(payload(2, {1: lambda data: data}, item=checked)).findings
    assert finding.kind is FindingKind.UPCASTER
    assert finding.witness is not None
    assert (finding.witness.document, finding.witness.complaint) == ({"item": ""}, complaint)
    (finding,) = [
        each for each in workspace.report(payload(item=checked)).findings if each.witness is not None
    ][:1]
    assert finding.witness is not None
    assert (finding.witness.proof, finding.witness.complaint) == (Proof.MODEL, complaint)


def test_a_model_that_exits_has_accepted_nothing() -> None:
    assert rejects({}, {}, leaving) == (True, "SystemExit: 0")


@pytest.mark.usefixtures("impatient")
def test_an_upcaster_that_never_ends_is_a_finding_with_its_step_and_the_document(
    workspace: Workspace,
) -> None:
    workspace.accepting(payload(item=str))
    workspace.accepting(payload(2, {1: lambda data: data}, item=str, note=(str, "")))
    chain = {1: lambda data: data, 2: endless}
    first, second = workspace.report(payload(3, chain, item=str)).findings
    for finding, against in ((first, "version 1, revision 1"), (second, "version 2, revision 1")):
        assert (finding.kind, finding.against) == (FindingKind.UPCASTER, against)
        assert finding.says.endswith("version 2 cannot be upcast to 3: it did not end within 0.1 s")
        assert finding.witness is not None
        assert finding.witness.document == {"item": ""}


@pytest.mark.usefixtures("impatient")
def test_a_validator_that_never_ends_is_a_finding(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    found = workspace.report(payload(item=Annotated[str, AfterValidator(endless)])).findings
    complaints = {each.witness.complaint for each in found if each.witness}
    assert "it did not end within 0.1 s" in complaints


def test_who_does_not_let_itself_be_stopped_and_ends_late_has_not_ended_in_time() -> None:
    def stubborn() -> None:
        try:
            time.sleep(5)
        except BaseException:  # what such code does
            return

    with pytest.raises(TookTooLong, match=r"within 0\.05 s"), limited(0.05):
        stubborn()


def test_a_limit_leaves_the_alarm_of_others_as_it_was(others_alarm: Any) -> None:
    with limited(5):
        pass
    assert signal.getsignal(signal.SIGALRM) is others_alarm
    assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60


@pytest.fixture
def others_alarm() -> Iterator[Any]:
    def theirs(*_: object) -> None:
        """Nothing rings it here."""

    before = signal.signal(signal.SIGALRM, theirs)
    waiting = signal.setitimer(signal.ITIMER_REAL, 60)
    yield theirs
    signal.setitimer(signal.ITIMER_REAL, *waiting)
    signal.signal(signal.SIGALRM, before)


def test_outside_of_the_main_thread_there_is_none_and_nothing_fails() -> None:
    done: list[Mapping[str, int]] = []

    def work() -> None:
        with limited(0.01):
            time.sleep(0.05)
        done.append({})

    thread = Thread(target=work)
    thread.start()
    thread.join(10)
    assert done == [{}]
