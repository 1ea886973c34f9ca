"""What a check finds: each kind of finding, against what, proven by which document, and for whom."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

from brickline.contracts import (
    AmbiguousPayload,
    Contract,
    Deployed,
    Direction,
    FindingKind,
    MissingSnapshot,
    Order,
    Parser,
    Pipeline,
    ProblemKind,
    Proof,
    Refused,
    Rule,
    SnapshotFolder,
    UnrepresentableModel,
    accept,
    check,
    contract_of,
)
from brickline.contracts.snapshots.names import FOLDER
from brickline.events import Service
from brickline.http_api import SERVICE as INGESTION
from brickline.rabbit_worker import SERVICE as ANALYSIS
from brickline.report_api import SERVICE as REPORTING
from brickline.schemas import PAYLOADS, Payload
from support.gated import TOPIC, Workspace, payload, pipeline

SNAPSHOTS = Path(__file__).parents[4] / "components/brickline/schemas/snapshots"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "snapshots")


SIZES = {"a": 1, "aa": 2, "b": 3}


def known_size(size: str) -> str:
    if size not in SIZES:
        raise ValueError("no such size")
    return size


def renamed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product": data["item"]}


def test_the_contracts_of_this_workspace_are_recorded_as_they_are() -> None:
    services = [
        Deployed(INGESTION, ("ingestion_api", "standalone")),
        Deployed(ANALYSIS, ("analysis_worker", "standalone")),
        Deployed(REPORTING, ("reporting_api", "standalone")),
    ]
    report = check(Pipeline(services, PAYLOADS), SnapshotFolder(SNAPSHOTS).read())
    assert report.findings == ()
    assert report.changes == ()
    assert report.ok


def test_what_is_recorded_and_unchanged_is_fine(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    report = workspace.report(payload(item=str))
    assert report.ok
    assert (report.findings, report.notices, report.changes, report.problems) == ((), (), (), ())
    assert report.rollout.steps == ()


def test_the_order_of_fields_and_what_people_read_is_no_change(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str, amount=int))
    assert workspace.report(payload(amount=int, item=(str, Field(description="what was ordered")))).ok


def test_every_topic_without_a_snapshot_is_named_at_once(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    paid, sent = (payload(topic=f"order.{name}", item=str) for name in ("paid", "sent"))
    with pytest.raises(
        MissingSnapshot, match=r"'order.paid', 'order.sent': .*`brickline contracts accept`.*`git restore "
    ) as caught:
        workspace.report(paid, payload(item=str), sent)
    assert f"{FOLDER}/order.paid.json {FOLDER}/order.sent.json`" in str(caught.value)
    assert TOPIC not in str(caught.value)


def test_a_break_names_rule_side_document_readers_and_projects(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    report = workspace.report(payload(item=str, amount=int))
    (finding,) = report.findings
    assert not report.ok
    assert (finding.topic, finding.kind, finding.path) == (TOPIC, FindingKind.BREAKS, "amount")
    assert (finding.rule, finding.direction) == (Rule.ADD_REQUIRED, Direction.BACKWARD)
    assert finding.against == "version 1, revision 1"
    assert finding.witness is not None
    assert (finding.witness.document, finding.witness.proof) == ({"item": ""}, Proof.MODEL)
    (reader,) = finding.readers
    assert (reader.service, reader.group_id) == ("orders", f"orders.{TOPIC}")
    assert reader.projects == ("all_in_one", "order_worker")


def test_a_change_breaks_both_sides_where_both_reject(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    found = workspace.report(payload(product=str)).findings
    assert [(each.path, each.rule, each.direction) for each in found] == [
        ("item", Rule.RENAME_REQUIRED, Direction.FORWARD),
        ("product", Rule.RENAME_REQUIRED, Direction.BACKWARD),
    ]
    assert all(each.readers for each in found)


def test_an_old_model_is_asked_where_there_is_one(workspace: Workspace) -> None:
    old = payload(item=str)
    workspace.accepting(old)

    class Kept:
        def parser(self, contract: Contract) -> Parser | None:
            return old.model_validate_json if contract == contract_of(old) else None

    new = payload(item=(str, ""))
    (finding,) = workspace.report(new, old_models=Kept()).findings
    assert finding.direction is Direction.FORWARD
    assert finding.witness is not None
    assert finding.witness.proof is Proof.MODEL
    assert finding.witness.complaint == "item: Field required"
    (finding,) = workspace.report(new).findings
    assert finding.witness is not None
    assert finding.witness.proof is Proof.SCHEMA


def test_old_models_are_not_asked_where_nothing_is_wrong(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    second = payload(2, {1: renamed}, product=str)
    workspace.accepting(second)

    class Unasked:
        def parser(self, contract: Contract) -> Parser | None:
            raise AssertionError(f"asked for {contract.version}")

    assert workspace.report(second, base=workspace.recorded, old_models=Unasked()).ok


def test_what_an_old_model_never_wrote_need_not_be_read(workspace: Workspace) -> None:
    old = payload(size=Annotated[str, AfterValidator(known_size)])
    workspace.accepting(old)

    class Kept:
        def parser(self, contract: Contract) -> Parser | None:
            return old.model_validate_json if contract == contract_of(old) else None

    second = payload(2, {1: lambda data: {"litres": SIZES[data["size"]]}}, litres=int)
    assert [each.kind for each in workspace.report(second).findings] == [FindingKind.UPCASTER]
    (finding,) = workspace.report(second, old_models=Kept()).findings
    assert finding.kind is FindingKind.UNRECORDED
    with pytest.raises(Refused):
        accept(pipeline(second), workspace.folder)
    assert accept(pipeline(second), workspace.folder, old_models=Kept()).recorded


def test_the_same_break_of_several_revisions_is_told_once(workspace: Workspace) -> None:
    for fields in ({}, {"note": (str, "")}, {"note": (str, ""), "gift": (bool, False)}):
        workspace.accepting(payload(item=str, **fields))
    (finding,) = workspace.report(payload(item=str, note=(str, ""), amount=int)).findings
    assert finding.against == "version 1, revisions 1, 2 and 3"


def test_a_name_that_an_earlier_revision_used_does_not_come_back_as_another(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str, note=(int, 0)))
    workspace.accepting(payload(item=str))
    found = workspace.report(payload(item=str, note=(str, ""))).findings
    assert {each.kind for each in found} == {FindingKind.BREAKS}
    (reused,) = [each for each in found if each.rule == Rule.NAME_REUSED]
    assert (reused.path, reused.direction) == ("note", Direction.BACKWARD)
    assert reused.witness is not None
    assert reused.witness.document == {"item": "", "note": 0}


def test_a_reader_that_refuses_what_it_does_not_know_is_refused(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(item=str, extra="forbid")).findings
    assert (finding.kind, finding.rule) == (FindingKind.BREAKS, Rule.EXTRA_FORBIDDEN)
    assert finding.direction is None, "nobody is broken yet"


def test_what_is_not_understood_is_refused(workspace: Workspace) -> None:
    workspace.accepting(payload(code=Annotated[str, Field(pattern="^a+$")]))
    found = workspace.report(payload(code=Annotated[str, Field(pattern="^a*$")])).findings
    assert Rule.NOT_UNDERSTOOD in {each.rule for each in found}


def test_a_model_that_does_not_read_what_it_writes_is_refused(workspace: Workspace) -> None:
    at = Annotated[int, PlainSerializer(lambda value: f"the {value}th", return_type=str)]
    workspace.accepting(payload(item=str))
    second = payload(2, {1: lambda data: {"at": 1}}, at=at)
    found = workspace.report(second).findings
    assert [(each.kind, each.against) for each in found] == [(FindingKind.BREAKS, "version 2, itself")]
    assert found[0].path == "at"
    assert found[0].says.startswith("the model does not read what it writes itself: ")
    assert "let OrderPlaced read at as it writes it" in found[0].ways_out[1]


def test_a_safe_change_is_still_to_be_recorded(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    report = workspace.report(payload(item=str, note=(str, "")))
    (finding,) = report.findings
    assert not report.ok
    assert (finding.kind, finding.against, finding.readers) == (FindingKind.UNRECORDED, "version 1", ())
    assert finding.ways_out == (f"`brickline contracts accept {TOPIC}`, and commit the file that it writes",)
    assert [change.order for change in report.changes] == [Order.ANY]


def test_what_changes_its_meaning_is_noticed_once(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str, amount=(int, 1)))
    workspace.accepting(payload(item=str, amount=(int, 2)))
    report = workspace.report(payload(item=str, amount=(int, 3)))
    (notice,) = report.notices
    assert (notice.topic, notice.path) == (TOPIC, "amount")
    assert notice.says == "default changed: a document without it meant 2 and now means 3"
    assert [each.kind for each in report.findings] == [FindingKind.UNRECORDED]


def test_a_new_version_that_reads_the_old_ones_is_still_to_be_recorded(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    report = workspace.report(payload(2, {1: renamed}, product=str))
    assert [each.kind for each in report.findings] == [FindingKind.UNRECORDED]
    (change,) = report.changes
    assert change.order is Order.READERS_FIRST
    assert report.rollout.steps == (("order_worker",), ("gateway",))
    assert report.rollout.alone == ("all_in_one",)


def test_a_new_version_needs_an_upcaster(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(2, product=str)).findings
    assert (finding.kind, finding.against) == (FindingKind.UPCASTER, "version 1")
    assert "`1: <function>` in the `upcasters` of OrderPlaced" in finding.ways_out[0]
    assert finding.readers


def test_an_upcaster_is_tried_with_documents(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(2, {1: dict}, product=str)).findings
    assert (finding.kind, finding.rule, finding.path) == (FindingKind.UPCASTER, Rule.UPCASTER, "product")
    assert finding.witness is not None
    assert (finding.witness.document, finding.witness.proof) == ({"item": ""}, Proof.MODEL)
    assert "`upcasters[1]`" in finding.ways_out[1]


def test_every_older_version_is_tried_though_nothing_else_changed(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    workspace.accepting(payload(2, {1: renamed}, product=str))
    third = payload(3, {1: renamed, 2: lambda data: {"products": [data["product"]]}}, products=list[str])
    workspace.accepting(third)
    assert workspace.report(third).ok
    edited = payload(3, {1: dict, 2: third.upcasters[2]}, products=list[str])
    (finding,) = workspace.report(edited).findings
    assert (finding.kind, finding.against) == (FindingKind.UPCASTER, "version 1, revision 1")
    assert "`upcasters[1]` and `upcasters[2]`" in finding.ways_out[1]


def test_an_upcaster_of_a_retained_version_is_not_removed(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    workspace.accepting(payload(2, {1: renamed}, product=str))
    workspace.accepting(payload(3, {1: renamed, 2: dict}, product=str, note=(str, "")))
    (finding,) = workspace.report(payload(3, {2: dict}, product=str, note=(str, ""))).findings
    assert (finding.kind, finding.against) == (FindingKind.REMOVED, "version 1")
    assert finding.ways_out == (
        "take the change back: put it back as it was, `1: <function>` in the `upcasters` of OrderPlaced",
        f'if no event of it is left: `brickline contracts retire {TOPIC} 1 --why "..."`',
    )


@pytest.mark.parametrize(
    ("version", "says", "way"),
    [
        (1, "the version is 1, and 2 is recorded", "put version 2 of OrderPlaced back"),
        (4, "the version is 4, and the last one recorded is 2", "`version: ClassVar[int] = 3`"),
    ],
)
def test_a_version_is_the_last_one_or_the_next(
    version: int, says: str, way: str, workspace: Workspace
) -> None:
    workspace.accepting(payload(item=str))
    workspace.accepting(payload(2, {1: renamed}, product=str))
    (finding,) = workspace.report(payload(version, product=str)).findings
    assert finding.kind is FindingKind.VERSION
    assert says in finding.says
    assert way in finding.ways_out[0]


def test_a_topic_is_not_removed_while_its_versions_are_retained(workspace: Workspace) -> None:
    paid = payload(topic="order.paid", item=str)
    workspace.accepting(payload(item=str), paid)
    workspace.accepting(payload(2, {1: renamed}, product=str), paid)
    (finding,) = workspace.report(paid).findings
    assert (finding.topic, finding.kind) == (TOPIC, FindingKind.REMOVED)
    assert finding.against == "version 1; version 2"
    assert finding.ways_out[1].endswith(
        f'`brickline contracts retire {TOPIC} 1 --why "..."`, then '
        f'`brickline contracts retire {TOPIC} 2 --why "..."`'
    )


def test_a_problem_of_the_map_is_not_ok(workspace: Workspace) -> None:
    made = payload(item=str)
    workspace.accepting(made)
    unread = Pipeline([Deployed(Service("gateway", 0, publishes=(made,)), ("gateway",))], [made])
    report = check(unread, workspace.recorded)
    assert report.findings == ()
    assert [problem.kind for problem in report.problems] == [ProblemKind.NOBODY_READS]
    assert not report.ok


def test_a_model_without_a_schema_is_named(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    with pytest.raises(UnrepresentableModel, match=r"OrderPlaced has no .*schema.*item"):
        workspace.report(payload(item=type))


def test_two_models_of_one_topic_are_named() -> None:
    with pytest.raises(AmbiguousPayload, match=r"OrderPlaced.*Other"):
        pipeline(payload(item=str), payload(item=str, called="Other"))


def test_findings_come_in_one_order(workspace: Workspace) -> None:
    first, second = payload(a=str, b=int, c=str), payload(topic="order.paid", called="Paid", d=str)
    workspace.accepting(first, second)
    changed = payload(topic="order.paid", called="Paid", d=str, e=str), payload(b=str, c=int, x=str, y=str)
    reports = [workspace.report(*changed) for _ in range(2)]
    assert reports[0] == reports[1]
    places = [(each.topic, each.path, str(each.direction)) for each in reports[0].findings]
    assert places[0][0] == "order.paid", "topics in the order of the payloads"
    assert places[1:] == sorted(places[1:])


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: str


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"


class Everything(Payload):
    topic: ClassVar[str] = "everything.there_is"

    colour: Colour
    how: Annotated[Card | Cash, Field(discriminator="kind")]
    prices: Mapping[str, list[float]] = Field(default_factory=dict)
    next: "Everything | None" = None


def test_the_gate_takes_all_kinds_of_models(workspace: Workspace) -> None:
    workspace.accepting(Everything)
    assert workspace.report(Everything).ok
    assert workspace.report(Everything, base=workspace.recorded).ok
