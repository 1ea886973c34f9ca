"""A version is given up by name, oldest first, and remembered."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from brickline.contracts import (
    FindingKind,
    Refused,
    Retired,
    UnknownTopic,
    UnreadableSnapshot,
    UnretirableVersion,
    retire,
)
from support.gated import TOPIC, Workspace, payload, pipeline

DAY = date(2026, 3, 1)
WHY = "nothing holds one"
PAID = payload(topic="order.paid", called="OrderPaid", amount=int)


def product_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product": data["item"]}


def noted(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "note": ""}


FIRST, SECOND = payload(item=str), payload(2, {1: product_of}, product=str)
THIRD = payload(3, {1: product_of, 2: noted}, product=str, note=str)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Three versions, the first of two revisions."""
    made = Workspace(tmp_path / "snapshots")
    for each in (FIRST, payload(item=str, gift=(bool, False)), SECOND, THIRD):
        made.accepting(each, PAID)
    return made


def test_a_retired_version_is_remembered_and_its_upcaster_may_go(workspace: Workspace) -> None:
    without = payload(3, {2: noted}, product=str, note=str)
    (finding,) = workspace.report(without, PAID).findings
    assert finding.kind is FindingKind.REMOVED
    paid = workspace.folder.file_of("order.paid").read_bytes()
    retire(workspace.folder, TOPIC, 1, why=f" {WHY} ", on=DAY)
    snapshot = workspace.recorded[TOPIC]
    assert snapshot.retired == (Retired(1, DAY, WHY),)
    assert [(each.version, each.number) for each in snapshot.revisions] == [(2, 1), (3, 1)]
    assert workspace.report(without, PAID).ok
    assert workspace.report(THIRD, PAID).ok, "the upcaster may stay"
    assert workspace.folder.file_of("order.paid").read_bytes() == paid


def test_what_is_retired_reads_well(workspace: Workspace) -> None:
    for version in (1, 2):
        retire(workspace.folder, TOPIC, version, why=WHY, on=DAY)
    document = json.loads(workspace.folder.file_of(TOPIC).read_text())
    assert document["retired"] == [
        {"version": 1, "on": "2026-03-01", "why": WHY},
        {"version": 2, "on": "2026-03-01", "why": WHY},
    ]


@pytest.mark.parametrize(
    ("version", "why", "says"),
    [
        (3, WHY, "version 1 is read by way of it: retire version 1 first"),
        (2, WHY, "version 1 is read by way of it: retire version 1 first"),
        (4, WHY, "there is no such version; retained: 1, 2, 3"),
        (0, WHY, "there is no such version"),
        (1, "  ", "nothing says why"),
    ],
)
def test_what_must_be_kept_is_kept(version: int, why: str, says: str, workspace: Workspace) -> None:
    before = workspace.texts()
    with pytest.raises(UnretirableVersion, match=rf"'{TOPIC}' version {version} cannot be retired: {says}"):
        retire(workspace.folder, TOPIC, version, why=why, on=DAY)
    assert workspace.texts() == before


def test_a_version_is_retired_once(workspace: Workspace) -> None:
    retire(workspace.folder, TOPIC, 1, why=WHY, on=DAY)
    with pytest.raises(UnretirableVersion, match=rf"that was done on 2026-03-01 \({WHY}\)"):
        retire(workspace.folder, TOPIC, 1, why=WHY, on=DAY)


def test_the_newest_version_is_kept_while_the_code_has_the_topic(workspace: Workspace) -> None:
    for version in (1, 2):
        retire(workspace.folder, TOPIC, version, why=WHY, on=DAY)
    for known in (None, pipeline(THIRD, PAID)):
        with pytest.raises(UnretirableVersion, match="it is the newest, and written today"):
            retire(workspace.folder, TOPIC, 3, why=WHY, on=DAY, pipeline=known)


def test_an_unknown_topic_is_named_with_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(UnknownTopic, match=rf"'order.lost': there are order.paid, {TOPIC}"):
        retire(workspace.folder, "order.lost", 1, why=WHY, on=DAY)


def test_nothing_is_retired_beside_a_broken_snapshot(workspace: Workspace) -> None:
    workspace.folder.file_of("order.paid").write_text("{")
    before = workspace.texts()
    with pytest.raises(UnreadableSnapshot, match=r"order\.paid\.json"):
        retire(workspace.folder, TOPIC, 1, why=WHY, on=DAY)
    assert workspace.texts() == before


def test_a_removed_topic_ends_when_all_of_it_is_retired(workspace: Workspace) -> None:
    left = pipeline(PAID)
    (finding,) = workspace.report(PAID).findings
    assert finding.kind is FindingKind.REMOVED
    for version in (1, 2, 3):
        retire(workspace.folder, TOPIC, version, why=WHY, on=DAY, pipeline=left)
    assert workspace.report(PAID).ok
    workspace.accepting(PAID)


def test_the_name_of_a_topic_that_ended_goes_on_with_the_next_version(workspace: Workspace) -> None:
    for version in (1, 2, 3):
        retire(workspace.folder, TOPIC, version, why=WHY, on=DAY, pipeline=pipeline(PAID))
    for version in (1, 3):
        with pytest.raises(Refused, match=f"the version is {version}, and all up to 3 are retired") as caught:
            workspace.accepting(payload(version, item=int), PAID)
        (finding,) = caught.value.report.findings
        assert finding.ways_out == (
            "go on where the topic ended: `version: ClassVar[int] = 4` in OrderPlaced",
        )
    fourth = payload(4, item=int)
    (recorded,) = workspace.accepting(fourth, PAID).recorded
    assert (recorded.version, recorded.number) == (4, 1)
    assert workspace.report(fourth, PAID).ok
