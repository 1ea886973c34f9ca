"""A topic that git never had is new; one that it has, or may have, is missing."""

from pathlib import Path

import pytest

from brickline.contracts import FindingKind, MissingSnapshot, check
from support.gated import TOPIC, Workspace, payload, pipeline

PAID = payload(topic="order.paid", called="OrderPaid", amount=int)
PLACED = payload(item=str)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "snapshots")
    made.accepting(PLACED)
    return made


def test_a_topic_that_git_never_had_is_new_and_the_rest_is_checked(workspace: Workspace) -> None:
    report = check(pipeline(PAID, payload(product=str)), workspace.recorded, committed=[TOPIC])
    kinds = {each.topic: each.kind for each in report.findings}
    assert kinds == {"order.paid": FindingKind.UNRECORDED, TOPIC: FindingKind.BREAKS}
    (new,) = [each for each in report.findings if each.topic == "order.paid"]
    assert new.says == "the topic is new and not on record yet"
    assert new.changes == ("+ amount: integer, required",)
    assert new.ways_out == ("`brickline contracts accept order.paid`, and commit the file that it writes",)


def test_a_renamed_topic_is_gone_and_new(workspace: Workspace) -> None:
    renamed = payload(topic="order.made", item=str)
    report = check(pipeline(renamed), workspace.recorded, committed=[TOPIC])
    assert {(each.topic, each.kind) for each in report.findings} == {
        (TOPIC, FindingKind.REMOVED),
        ("order.made", FindingKind.UNRECORDED),
    }


def test_a_new_topic_begins_with_version_1(workspace: Workspace) -> None:
    second = payload(2, {1: dict}, topic="order.paid", called="OrderPaid", amount=int)
    (finding,) = check(pipeline(second, PLACED), workspace.recorded, committed=[TOPIC]).findings
    assert (finding.topic, finding.kind) == ("order.paid", FindingKind.VERSION)


def test_what_git_has_is_missing_here(workspace: Workspace) -> None:
    with pytest.raises(
        MissingSnapshot, match=r"'order.paid' are in git and not here: `git restore [^`]*paid"
    ):
        check(pipeline(PAID, PLACED), workspace.recorded, committed=[TOPIC, "order.paid"])


def test_what_the_base_has_is_missing_here(workspace: Workspace, tmp_path: Path) -> None:
    base = Workspace(tmp_path / "base")
    base.accepting(PAID, PLACED)
    with pytest.raises(MissingSnapshot, match="`git restore --source <base> "):
        check(pipeline(PAID, PLACED), workspace.recorded, base=base.recorded, committed=[TOPIC])


def test_where_nobody_knows_what_git_has_it_may_be_missing(workspace: Workspace) -> None:
    with pytest.raises(MissingSnapshot, match="if a topic is new, run `brickline contracts accept`"):
        check(pipeline(PAID, PLACED), workspace.recorded)
