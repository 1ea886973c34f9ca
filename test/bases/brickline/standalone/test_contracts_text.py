"""What a check found, as a person at a terminal and a program read it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from brickline.contracts import (
    Change,
    Direction,
    Finding,
    FindingKind,
    Notice,
    Order,
    Party,
    Problem,
    ProblemKind,
    Proof,
    Report,
    Rollout,
    Witness,
)
from brickline.standalone.contracts import document, showing
from brickline.standalone.contracts.as_json import check_json
from brickline.standalone.contracts.checking import Checked

WORKER = Party("analysis", 1, "analysis", ("analysis_worker", "standalone"))
ESCAPE = "\x1b[31m"
BREAK = Finding(
    topic="data.processed",
    kind=FindingKind.BREAKS,
    path="content",
    rule="rename required",
    direction=Direction.FORWARD,
    against="version 1, revision 1",
    says="the old reader rejects what the new writer writes",
    witness=Witness({"text": "é" * 1000, "title": "t"}, Proof.MODEL, "content: Field required"),
    readers=(WORKER,),
    ways_out=("put it back", "make it version 2"),
)
NO_ROLLOUT = Rollout((), (), ())
GREEN = Checked(
    report=Report((), (), (), NO_ROLLOUT, ()),
    base=None,
    base_is_bare=False,
    topics=5,
    versions=5,
    consumers=8,
    projects=4,
    without_models="",
    stale=(),
)


def with_report(**changes: object) -> Checked:
    return replace(GREEN, report=replace(GREEN.report, **changes))  # type: ignore[arg-type]  # fields by name


def test_a_green_check_says_in_one_line_what_it_looked_at() -> None:
    assert showing.text_of(GREEN) == (
        "5 topics, 5 versions, 8 consumers in 4 projects, snapshots taken at their word (no --base): "
        "nothing breaks."
    )
    assert GREEN.ok


def test_it_says_what_it_was_held_against() -> None:
    against = replace(GREEN, base="v1")
    assert "in 4 projects, held against v1, too: nothing breaks." in showing.text_of(against)
    said = showing.text_of(replace(against, base_is_bare=True))
    assert "in 4 projects, not held against v1, which has no snapshots: nothing breaks." in said


def test_a_break_names_field_rule_side_document_complaint_consumers_projects_and_ways_out() -> None:
    said = showing.text_of(with_report(findings=(BREAK,)))
    for each in (
        "data.processed: breaks",
        "content: rename required (forward), against version 1, revision 1",
        "The old reader rejects what the new writer writes",
        '"title":"t"',
        "the real model: content: Field required",
        "group analysis of analysis (analysis_worker, standalone)",
        "- put it back",
        "- make it version 2",
        "1 finding to mend",
    ):
        assert each in said
    assert not with_report(findings=(BREAK,)).ok


def test_a_long_document_is_shortened_for_people_and_whole_for_programs() -> None:
    said = showing.text_of(with_report(findings=(BREAK,)))
    assert "960 characters" in said
    (found,) = json.loads(json.dumps(check_json(with_report(findings=(BREAK,)))))["findings"]
    assert found["witness"]["document"]["text"] == "é" * 1000
    assert found["readers"] == [
        {"service": "analysis", "tier": 1, "group": "analysis", "projects": ["analysis_worker", "standalone"]}
    ]


def test_a_document_of_many_fields_keeps_its_ends() -> None:
    shown = document.compact({f"field_{number}": number for number in range(500)})
    assert shown.startswith('{"field_0":0,')
    assert shown.endswith('"field_499":499}')
    assert len(shown) < 700
    assert document.compact({"a": [1, None]}) == '{"a":[1,null]}'


def test_what_a_model_says_steers_no_terminal() -> None:
    witness = Witness({"a": f"{ESCAPE}b"}, Proof.MODEL, f"{ESCAPE}no")
    said = showing.text_of(with_report(findings=(replace(BREAK, witness=witness),)))
    assert "\x1b" not in said


def test_an_example_of_what_is_in_doubt_is_not_said_to_be_rejected() -> None:
    doubt = replace(BREAK, witness=Witness({"a": 1}, Proof.NONE), rule="not understood")
    assert "an example of what is in doubt" in showing.text_of(with_report(findings=(doubt,)))


def test_a_safe_change_says_how_to_record_it_and_is_not_fine_yet() -> None:
    safe = replace(BREAK, kind=FindingKind.UNRECORDED, witness=None, readers=(), ways_out=())
    said = showing.text_of(with_report(findings=(safe,)))
    assert "safe, and not recorded yet" in said
    assert "1 safe change to record: brickline contracts accept" in said
    assert not with_report(findings=(safe,)).ok


def test_there_is_no_order_to_deploy_what_is_to_be_mended() -> None:
    said = showing.text_of(with_report(findings=(BREAK, replace(BREAK, path="title"))))
    assert said.count("No order to deploy what breaks: mend the findings first.") == 1
    safe = replace(BREAK, kind=FindingKind.UNRECORDED)
    assert "mend the findings first" not in showing.text_of(with_report(findings=(safe,)))


def test_the_order_to_deploy_is_a_numbered_list() -> None:
    rollout = Rollout(
        (("analysis_worker", "reporting_api"), ("ingestion_api",)), ("readers first",), (), ("standalone",)
    )
    changes = (Change("data.processed", Order.READERS_FIRST, "a new version"),)
    lines = showing.text_of(with_report(changes=changes, rollout=rollout)).splitlines()
    start = lines.index("Deploy in this order, old and new side by side:")
    assert lines[start + 1 : start + 3] == ["  1. analysis_worker, reporting_api", "  2. ingestion_api"]
    assert "standalone" in lines[start + 3]
    assert "  - readers first" in lines


def test_what_may_go_in_any_order_is_no_list() -> None:
    rollout = Rollout((("analysis_worker", "ingestion_api"),), (), ())
    said = showing.text_of(with_report(changes=(Change("x", Order.ANY, "why"),), rollout=rollout))
    assert "Deploy in any order, old and new side by side: analysis_worker, ingestion_api." in said


def test_where_there_is_no_order_the_reason_is_given() -> None:
    rollout = Rollout((), (), ("a before b, and b before a",))
    changes = (Change("data.processed", Order.NONE, "why"),)
    said = showing.text_of(with_report(changes=changes, rollout=rollout))
    assert "There is no order to deploy this in" in said
    assert "a before b, and b before a" in said


def test_problems_notices_and_stale_files_are_told_with_what_to_do() -> None:
    checked = replace(
        with_report(
            problems=(Problem(ProblemKind.TWO_OWNERS, "two services publish x"),),
            notices=(Notice("x", "title", "its default changed"),),
        ),
        stale=(Path("docs/asyncapi.json"),),
        base="main",
        without_models="this is no checkout of git",
    )
    said = showing.text_of(checked)
    for each in (
        "two owners: two services publish x",
        "x, title: its default changed",
        "docs/asyncapi.json",
        "brickline contracts graph --update",
        "held against main",
        "1 problem of the map, 1 file out of date",
        "this is no checkout of git",
    ):
        assert each in said
    assert not checked.ok
    printed = check_json(checked)
    assert (printed["ok"], printed["stale"], printed["base"]) == (False, ["docs/asyncapi.json"], "main")


def test_a_terminal_gets_lines_of_its_width_and_a_log_whole_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long = replace(BREAK, says="word " * 100, witness=Witness({"a": "b" * 100}, Proof.SCHEMA), ways_out=())
    whole = showing.text_of(with_report(findings=(long,)))
    assert any(len(line) > 400 for line in whole.splitlines())
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    lines = showing.text_of(with_report(findings=(long,))).splitlines()
    document_lines = [line for line in lines if '{"a"' in line]
    assert len(document_lines) == 1  # to be copied
    assert all(len(line) <= 60 for line in lines if line not in document_lines)


def test_the_same_ways_out_of_a_topic_are_told_once() -> None:
    other = replace(BREAK, path="text", direction=Direction.BACKWARD)
    elsewhere = replace(BREAK, topic="report.updated")
    said = showing.text_of(with_report(findings=(BREAK, other, elsewhere)))
    assert said.count("- put it back") == 2
    assert "as for content: rename required (forward), above" in said


def test_of_many_changes_the_first_are_told() -> None:
    safe = replace(BREAK, kind=FindingKind.UNRECORDED, witness=None, readers=(), ways_out=())
    many = tuple(f"+ field_{number:02d}: string" for number in range(30))
    finding = replace(safe, changes=many)
    lines = [line.strip() for line in showing.text_of(with_report(findings=(finding,))).splitlines()]
    assert [line for line in lines if line.startswith("+ ")] == list(many[:20])
    assert "and 10 more" in lines
    (found,) = json.loads(json.dumps(check_json(with_report(findings=(finding,)))))["findings"]
    assert found["changes"] == list(many)


def test_ways_out_are_wrapped_in_a_log_too_but_not_within_code() -> None:
    command = "brickline contracts retire data.processed 1 " + "--why enough " * 3
    finding = replace(BREAK, ways_out=("word " * 40 + f"`{command}` " + "word " * 9,))
    said = showing.text_of(with_report(findings=(finding,)))
    ways = said[said.index("    ways out") :].partition("\n\n")[0].splitlines()
    assert all(len(line) <= 110 for line in ways)
    assert any(f"`{command}`" in line for line in ways)
