"""What every event is wrapped in is held to its record, as any payload is, and for every reader there is."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from brickline.contracts import (
    ENVELOPE,
    Accepted,
    AmbiguousPayload,
    Direction,
    Finding,
    FindingKind,
    MissingSnapshot,
    Order,
    Proof,
    Refused,
    Report,
    Retired,
    Rule,
    Snapshot,
    UnknownTopic,
    UnretirableVersion,
    accept,
    check,
    retire,
)
from brickline.contracts.trials.reading import event_of
from brickline.schemas import Envelope
from support.gated import Workspace, payload, pipeline

PLACED = payload(item=str)
OTHER = payload(topic="order.paid", called="OrderPaid", amount=int)
NOTED = payload(item=str, note=(str, ""))


class WithRegion(Envelope):
    region: str


class MaybeWithRegion(Envelope):
    region: str | None = None


class WithNumber(Envelope):
    region: int | None = None


class NarrowTenant(Envelope):
    tenant: Annotated[str, StringConstraints(pattern="^[a-z]{1,8}$")]


class ShortSource(Envelope):
    source: Annotated[str, Field(min_length=1, max_length=8)]


class LongSource(Envelope):
    source: Annotated[str, Field(min_length=1, max_length=128)]


class JobRequired(Envelope):
    jobid: UUID


class NoTenantNeeded(Envelope):
    tenant: str = "nobody"


class Strict(Envelope):
    model_config = ConfigDict(extra="forbid")


class Upper(Envelope):
    source: Annotated[str, Field(min_length=1, max_length=64), BeforeValidator(lambda text: text[:3])]


class OtherSpecification(Envelope):
    specversion: Literal["1.0", "2.0"]  # type: ignore[assignment]  # what no subclass should do


class WithoutTenant(BaseModel):
    specversion: Literal["1.0"]
    id: UUID
    time: AwareDatetime
    data: Any


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "snapshots")
    accepting(made, Envelope)
    return made


def accepting(workspace: Workspace, envelope: type[BaseModel], topics: list[str] | None = None) -> Accepted:
    return accept(pipeline(PLACED, OTHER), workspace.folder, topics, envelope=envelope)


def report(
    workspace: Workspace, envelope: type[BaseModel], base: dict[str, Snapshot] | None = None
) -> Report:
    return check(pipeline(PLACED, OTHER), workspace.recorded, base=base, envelope=envelope)


def broken(workspace: Workspace, envelope: type[BaseModel]) -> dict[tuple[str, str], Finding]:
    return {(each.path, each.rule): each for each in report(workspace, envelope).findings}


def test_as_it_is_recorded_it_is_fine(workspace: Workspace) -> None:
    found = report(workspace, Envelope)
    assert (found.findings, found.notices, found.changes) == ((), (), ())
    assert workspace.recorded[ENVELOPE].versions == (1,)


def test_a_required_attribute_is_refused_by_a_document_that_its_model_rejects(workspace: Workspace) -> None:
    (finding,) = broken(workspace, WithRegion).values()
    assert (finding.topic, finding.path, finding.rule) == (ENVELOPE, "region", Rule.ADD_REQUIRED)
    assert finding.direction is Direction.BACKWARD
    assert finding.witness is not None
    assert (finding.witness.proof, finding.witness.complaint) == (Proof.MODEL, "region: Field required")
    Envelope.model_validate_json(json.dumps(finding.witness.document))


def test_its_readers_are_all_groups_and_there_is_no_way_out_by_a_version(workspace: Workspace) -> None:
    (finding,) = broken(workspace, WithRegion).values()
    assert [each.group_id for each in finding.readers] == ["orders.order.placed", "orders.order.paid"]
    assert any("give region of CloudEvent a default" in way for way in finding.ways_out)
    assert "no versions of the envelope" in finding.ways_out[-1]
    assert not any("accept" in way or "version 2" in way for way in finding.ways_out)


@pytest.mark.parametrize(
    ("envelope", "path", "rule"),
    [
        (NarrowTenant, "tenant", Rule.NOT_UNDERSTOOD),
        (ShortSource, "source", Rule.NARROW),
        (LongSource, "source", Rule.WIDEN),
        (JobRequired, "jobid", Rule.OPTIONAL_TO_REQUIRED),
        (NoTenantNeeded, "tenant", Rule.REQUIRED_TO_OPTIONAL),
        (Strict, "$", Rule.EXTRA_FORBIDDEN),
        (Upper, "source", Rule.NOT_UNDERSTOOD),
        (OtherSpecification, "specversion", Rule.ADD_CHOICE),
        (WithoutTenant, "tenant", Rule.REMOVE_REQUIRED),
    ],
)
def test_what_is_not_safe_in_both_directions_is_refused(
    workspace: Workspace, envelope: type[BaseModel], path: str, rule: Rule
) -> None:
    assert (path, rule) in broken(workspace, envelope)
    before = workspace.texts()
    with pytest.raises(Refused):
        accepting(workspace, envelope)
    with pytest.raises(Refused):
        accepting(workspace, envelope, [ENVELOPE])
    assert workspace.texts() == before


def test_an_attribute_that_may_be_missing_is_recorded(workspace: Workspace) -> None:
    (finding,) = report(workspace, MaybeWithRegion).findings
    assert (finding.topic, finding.kind) == (ENVELOPE, FindingKind.UNRECORDED)
    (revision,) = accepting(workspace, MaybeWithRegion, [ENVELOPE]).recorded
    assert (revision.contract.topic, revision.version, revision.number) == (ENVELOPE, 1, 2)
    assert report(workspace, MaybeWithRegion).ok


def test_a_removed_attribute_does_not_come_back_as_another(workspace: Workspace) -> None:
    accepting(workspace, MaybeWithRegion)
    accepting(workspace, Envelope)
    assert ("region", Rule.NAME_REUSED) in broken(workspace, WithNumber)


def test_a_change_since_the_base_concerns_every_project_in_any_order(workspace: Workspace) -> None:
    base = dict(workspace.recorded)
    accepting(workspace, MaybeWithRegion)
    found = report(workspace, MaybeWithRegion, base)
    assert found.ok
    assert [(change.topic, change.order) for change in found.changes] == [(ENVELOPE, Order.ANY)]
    assert found.rollout.steps == (("all_in_one", "gateway", "order_worker"),)
    assert found.rollout.reasons == ("envelope: in any order (old and new read each other)",)


def test_who_must_be_deployed_in_order_is_not_told_to_be_deployed_at_any_time(workspace: Workspace) -> None:
    base = dict(workspace.recorded)
    again = pipeline(payload(2, {1: dict}, item=str), OTHER)
    accept(again, workspace.folder, envelope=MaybeWithRegion)
    found = check(again, workspace.recorded, base=base, envelope=MaybeWithRegion)
    assert found.ok
    assert found.rollout.steps == (("order_worker",), ("gateway",))
    assert found.rollout.alone == ("all_in_one",)


def test_a_record_rewritten_to_suit_the_code_is_found_with_what_it_hides(
    workspace: Workspace, tmp_path: Path
) -> None:
    base = dict(workspace.recorded)
    forged = Workspace(tmp_path / "forged")
    accepting(forged, WithRegion)
    assert report(forged, WithRegion).ok, "alone it cannot be seen"
    kinds = [each.kind for each in report(forged, WithRegion, base).findings]
    assert sorted(kinds) == [FindingKind.BREAKS, FindingKind.REWRITTEN]


def test_a_record_without_the_envelope_is_named_and_not_made_anew(workspace: Workspace) -> None:
    workspace.folder.file_of(ENVELOPE).unlink()
    with pytest.raises(MissingSnapshot, match=r"envelope\.json"):
        report(workspace, Envelope)
    with pytest.raises(MissingSnapshot, match=r"`git restore .*envelope\.json"):
        accept(pipeline(PLACED, OTHER), workspace.folder, committed=[ENVELOPE], envelope=Envelope)


def test_it_is_never_removed_and_never_retired(workspace: Workspace) -> None:
    assert check(pipeline(PLACED, OTHER), workspace.recorded).ok
    with pytest.raises(UnretirableVersion, match="the envelope"):
        retire(workspace.folder, ENVELOPE, 1, why="none left", on=date(2026, 3, 1), pipeline=pipeline(PLACED))


def test_a_record_in_which_it_was_retired_by_hand_is_refused(workspace: Workspace) -> None:
    retired = Snapshot(ENVELOPE, (), (Retired(1, date(2026, 3, 1), "none left"),))
    workspace.folder.write([retired])
    (finding,) = report(workspace, WithRegion).findings
    assert finding.kind is FindingKind.VERSION
    with pytest.raises(Refused):
        accepting(workspace, WithRegion)


def test_no_payload_has_its_name(workspace: Workspace) -> None:
    taken = pipeline(payload(topic=ENVELOPE, called="Letter", item=str))
    with pytest.raises(AmbiguousPayload, match=r"Letter has the topic 'envelope'"):
        check(taken, workspace.recorded, envelope=Envelope)


def test_it_is_among_the_names_that_can_be_accepted(workspace: Workspace) -> None:
    with pytest.raises(UnknownTopic, match=r"order\.paid, envelope, or none for all"):
        accepting(workspace, Envelope, ["order.lost"])


def test_the_event_that_upcasters_are_tried_on_is_in_it() -> None:
    Envelope.model_validate_json(event_of("order.placed", 1, {}))
