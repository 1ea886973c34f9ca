"""Compared with what others run by: the record continues theirs, and the changes are those since then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from brickline.contracts import FindingKind, Order, Revision, Rule, Snapshot, contract_of, retire
from brickline.schemas import Payload
from support.gated import TOPIC, Workspace, payload, pipeline

OTHER = payload(topic="order.paid", called="OrderPaid", amount=int)
FIRST, NOTED = payload(item=str), payload(item=str, note=(str, ""))


def product_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product": data["item"]}


SECOND = payload(2, {1: product_of}, product=str)
THIRD = payload(3, {1: product_of, 2: dict}, product=str, note=(str, ""))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "snapshots")


def recording(workspace: Workspace, *steps: type[Payload]) -> Mapping[str, Snapshot]:
    """What is recorded after these steps."""
    for step in steps:
        workspace.accepting(step)
    return workspace.recorded


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    """Another record of the same topics."""
    return Workspace(tmp_path / "elsewhere")


def test_what_is_as_in_the_base_is_fine(workspace: Workspace) -> None:
    base = recording(workspace, FIRST)
    report = workspace.report(FIRST, base=base)
    assert report.ok
    assert report.changes == ()


def test_a_recorded_change_is_put_in_order_all_the_same(workspace: Workspace) -> None:
    base = recording(workspace, FIRST)
    recording(workspace, SECOND)
    report = workspace.report(SECOND, base=base)
    assert report.ok
    assert [change.order for change in report.changes] == [Order.READERS_FIRST]
    assert report.rollout.steps == (("order_worker",), ("gateway",))
    assert workspace.report(SECOND).changes == (), "without a base nothing changed since it was recorded"


def test_a_safe_change_since_the_base_may_go_in_any_order(workspace: Workspace) -> None:
    base = recording(workspace, FIRST)
    recording(workspace, NOTED)
    report = workspace.report(NOTED, base=base)
    assert report.ok
    assert [change.order for change in report.changes] == [Order.ANY]
    assert report.rollout.steps == (("gateway", "order_worker"),)


def test_two_versions_since_the_base_are_one_change(workspace: Workspace) -> None:
    base = recording(workspace, FIRST)
    recording(workspace, SECOND, THIRD)
    report = workspace.report(THIRD, base=base)
    assert report.ok
    assert [(change.order, "version 3" in change.why) for change in report.changes] == [
        (Order.READERS_FIRST, True)
    ]


def test_a_topic_that_is_new_since_the_base_may_go_in_any_order(workspace: Workspace) -> None:
    base = recording(workspace, FIRST)
    workspace.accepting(FIRST, OTHER)
    report = workspace.report(FIRST, OTHER, base=base)
    assert report.ok
    assert [(change.topic, change.order) for change in report.changes] == [("order.paid", Order.ANY)]


def test_a_history_rewritten_to_suit_the_code_is_found_with_what_it_hides(
    workspace: Workspace, elsewhere: Workspace
) -> None:
    base = recording(elsewhere, FIRST)
    renamed = payload(product=str)
    recording(workspace, renamed)
    assert workspace.report(renamed).ok, "alone it cannot be seen"
    report = workspace.report(renamed, base=base)
    kinds = [each.kind for each in report.findings]
    assert sorted(set(kinds)) == [FindingKind.BREAKS, FindingKind.REWRITTEN]
    (rewritten,) = [each for each in report.findings if each.kind is FindingKind.REWRITTEN]
    assert rewritten.against == "version 1, revision 1 of the base"
    file = f"components/brickline/schemas/snapshots/{TOPIC}.json"
    assert f"`git restore --source <base> {file}`" in rewritten.ways_out[1]
    broken = [each for each in report.findings if each.kind is FindingKind.BREAKS]
    assert {each.against for each in broken} == {"version 1, revision 1, of the base"}
    assert {each.rule for each in broken} == {Rule.RENAME_REQUIRED}
    assert all(each.witness and each.readers for each in broken)


def test_what_the_base_recorded_is_not_missing(workspace: Workspace, elsewhere: Workspace) -> None:
    base = recording(elsewhere, FIRST, NOTED)
    recording(workspace, FIRST)
    (finding,) = workspace.report(FIRST, base=base).findings
    assert (finding.kind, finding.against) == (FindingKind.REWRITTEN, "version 1, revision 2 of the base")
    assert "it is missing here" in finding.says
    assert finding.ways_out[0] == "if the base moved on: bring your branch up to date with it"


def test_what_the_base_recorded_has_nothing_in_its_place(workspace: Workspace, elsewhere: Workspace) -> None:
    base = recording(elsewhere, FIRST, NOTED)
    gift = payload(item=str, gift=(bool, False))
    recording(workspace, FIRST, gift)
    (finding,) = workspace.report(gift, base=base).findings
    assert finding.kind is FindingKind.REWRITTEN
    assert "here version 1, revision 2 stands in its place" in finding.says


def test_a_base_that_is_ahead_speaks_against_going_back(workspace: Workspace, elsewhere: Workspace) -> None:
    base = recording(elsewhere, FIRST, SECOND)
    recording(workspace, FIRST)
    report = workspace.report(FIRST, base=base)
    assert {each.kind for each in report.findings} == {FindingKind.REWRITTEN, FindingKind.VERSION}
    assert report.changes == (), "there is no order to deploy what is to be mended first"
    assert report.rollout.conflicts == ()


def test_a_topic_deleted_with_its_snapshot_is_found(workspace: Workspace) -> None:
    workspace.accepting(FIRST, OTHER)
    base = workspace.recorded
    workspace.folder.file_of("order.paid").unlink()
    assert workspace.report(FIRST).ok, "alone it cannot be seen"
    (finding,) = workspace.report(FIRST, base=base).findings
    assert (finding.topic, finding.kind) == ("order.paid", FindingKind.REWRITTEN)
    assert "its snapshot is deleted" in finding.says


def test_a_version_retired_since_the_base_may_be_missing(workspace: Workspace) -> None:
    base = recording(workspace, FIRST, SECOND)
    retire(workspace.folder, TOPIC, 1, why="none left", on=date(2026, 3, 1))
    without = payload(2, product=str)
    report = workspace.report(without, base=base)
    assert report.ok
    (notice,) = report.notices
    assert (notice.topic, notice.says) == (TOPIC, "version 1 was retired on 2026-03-01: none left")
    assert workspace.report(without, base=workspace.recorded).notices == ()


def test_a_version_retired_in_the_change_that_brings_its_successor_is_found_with_what_it_hides(
    workspace: Workspace,
) -> None:
    base = recording(workspace, FIRST)
    recording(workspace, SECOND)
    retire(workspace.folder, TOPIC, 1, why="none left", on=date(2026, 3, 1))
    without = payload(2, product=int)
    laundered = replace(workspace.recorded[TOPIC], revisions=(Revision(2, 1, contract_of(without)),))
    workspace.folder.write([laundered])
    assert workspace.report(without).ok, "alone it cannot be seen"
    found = workspace.report(without, base=base).findings
    assert [each.kind for each in found] == [FindingKind.UPCASTER, FindingKind.REWRITTEN]
    assert "before anything of the new version has run" in found[1].says
    assert "(none left)" in found[1].says


def test_a_topic_that_ends_since_the_base_is_noticed(workspace: Workspace) -> None:
    workspace.accepting(FIRST, OTHER)
    base = workspace.recorded
    day = date(2026, 3, 1)
    retire(workspace.folder, "order.paid", 1, why="none left", on=day, pipeline=pipeline(FIRST))
    report = workspace.report(FIRST, base=base)
    assert report.ok
    assert [notice.topic for notice in report.notices] == ["order.paid"]


def test_of_a_base_without_snapshots_nothing_is_known_and_nothing_is_new(workspace: Workspace) -> None:
    recording(workspace, FIRST)
    report = workspace.report(FIRST, base={})
    assert report.ok
    assert (report.changes, report.rollout.steps) == ((), ())


def test_what_is_to_be_mended_has_no_order_and_the_rest_has(workspace: Workspace) -> None:
    workspace.accepting(FIRST, OTHER)
    base = workspace.recorded
    renamed, tipped = (
        payload(product=str),
        payload(topic="order.paid", called="OrderPaid", amount=int, tip=(int, 0)),
    )
    for known in (None, base):
        report = workspace.report(renamed, tipped, base=known)
        assert {each.topic for each in report.findings} == {TOPIC, "order.paid"}
        assert [(change.topic, change.order) for change in report.changes] == [("order.paid", Order.ANY)]
        assert report.rollout.conflicts == ()


def test_what_the_base_retired_is_retired_here(workspace: Workspace, elsewhere: Workspace) -> None:
    for each in (workspace, elsewhere):
        recording(each, FIRST, SECOND)
    retire(elsewhere.folder, TOPIC, 1, why="none left", on=date(2026, 3, 1))
    (finding,) = workspace.report(SECOND, base=elsewhere.recorded).findings
    assert (finding.kind, finding.against) == (FindingKind.REWRITTEN, "version 1 of the base")
    retire(workspace.folder, TOPIC, 1, why="another reason", on=date(2026, 3, 1))
    (finding,) = workspace.report(SECOND, base=elsewhere.recorded).findings
    assert finding.kind is FindingKind.REWRITTEN
