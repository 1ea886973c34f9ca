"""What live processes read and write, side by side."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from brickline.events import Announced, Announcement
from brickline.standalone.contracts import live_json, live_tables
from brickline.standalone.contracts.live_tables import versions_text
from brickline.standalone.contracts.matrix import matrices_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOPIC = "data.processed"
OLD, NEW = "a" * 16, "b" * 16


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")


def process(
    service: str,
    release: str,
    *,
    reads: tuple[int, ...] = (),
    writes: int | None = None,
    digest: str = NEW,
    deployment: str = "default",
) -> Announcement:
    return Announcement(
        service=service,
        instance=uuid4(),
        release=release,
        deployment=deployment,
        at=NOW,
        reads=(Announced(TOPIC, reads, digest),) if reads else (),
        writes=(Announced(TOPIC, (writes,), digest),) if writes else (),
    )


def test_services_stand_side_by_side_with_release_instances_and_versions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = [
        process("ingestion", "r2", writes=2),
        process("analysis", "r2", reads=(1, 2)),
        process("analysis", "r2", reads=(1, 2)),
    ]
    live_tables.show(matrices_of(live), silent=["reporting"])
    said = capsys.readouterr().out
    for each in (TOPIC, "writes 2", "reads 1-2", "r2 x2", "No process of reporting is heard."):
        assert each in said
    assert "Each reader knows every version that is written." in said


def test_a_reader_that_does_not_know_what_is_written_is_marked_and_told_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = [
        process("ingestion", "r2", writes=2),
        process("analysis", "r1", reads=(1,)),
        process("analysis", "r2", reads=(1, 2)),
    ]
    matrices = matrices_of(live)
    live_tables.show(matrices, silent=[])
    said = capsys.readouterr().out
    assert "reads 1 !" in said
    assert "reads 1-2 !" not in said
    assert "! analysis (release r1) reads version 1" in said
    assert "it pauses, and loses nothing" in said
    (printed,) = json.loads(json.dumps(live_json.as_json(matrices)))["deployments"]
    (skew,) = printed["skews"]
    assert (skew["topic"], skew["version"], skew["reader"], skew["reader_release"]) == (
        TOPIC,
        2,
        "analysis",
        "r1",
    )


def test_a_version_that_is_not_the_same_schema_everywhere_is_marked_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = [process("ingestion", "r2", writes=1), process("analysis", "r1", reads=(1,), digest=OLD)]
    matrices = matrices_of(live)
    live_tables.show(matrices, silent=[])
    said = capsys.readouterr().out
    assert "reads 1 ~" in said
    assert "writes 1 ~" in said
    assert f"analysis r1: {OLD}" in said
    assert "!" not in said
    (printed,) = json.loads(json.dumps(live_json.as_json(matrices)))["deployments"]
    assert printed["differences"][0]["digests"] == {OLD: ["analysis r1"], NEW: ["ingestion r2"]}


def test_digests_of_different_versions_do_not_differ() -> None:
    live = [process("ingestion", "r1", writes=1, digest=OLD), process("analysis", "r2", reads=(1, 2))]
    (matrix,) = matrices_of(live)
    assert (matrix.differences, matrix.skews) == ((), ())


def test_deployments_are_told_apart_and_do_not_skew_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    live = [
        process("ingestion", "r2", writes=2, deployment="canary"),
        process("analysis", "r1", reads=(1,), deployment="main"),
    ]
    matrices = matrices_of(live)
    assert [each.deployment for each in matrices] == ["canary", "main"]
    assert not any(each.skews for each in matrices)
    live_tables.show(matrices, silent=[])
    assert "Deployment canary:" in capsys.readouterr().out


def test_nobody_at_all_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    live_tables.show(matrices_of([]), silent=["analysis", "ingestion"])
    assert capsys.readouterr().out.splitlines() == [
        "No process of analysis is heard.",
        "No process of ingestion is heard.",
    ]


@pytest.mark.parametrize(
    ("versions", "text"), [((), ""), ((1,), "1"), ((1, 2), "1-2"), ((1, 2, 3, 5), "1-3, 5"), ((2, 4), "2, 4")]
)
def test_versions_in_a_row_are_written_as_people_write_them(versions: tuple[int, ...], text: str) -> None:
    assert versions_text(versions) == text
