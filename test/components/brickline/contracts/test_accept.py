"""What is safe is recorded, all of it or nothing; what breaks is not."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Literal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from brickline.contracts import (
    EditedSnapshot,
    FindingKind,
    MissingSnapshot,
    NewerSnapshot,
    Refused,
    Revision,
    UnknownTopic,
    accept,
    contract_of,
    documents,
    writer_schema,
)
from brickline.contracts.snapshots.names import FOLDER
from brickline.schemas import Payload
from support.gated import TOPIC, Workspace, payload, pipeline

PAID = payload(topic="order.paid", called="OrderPaid", amount=int)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "snapshots")


def product_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"product": data["item"]}


def test_a_new_topic_a_safe_change_and_a_new_version_are_recorded(workspace: Workspace) -> None:
    steps = payload(item=str), payload(item=str, note=(str, "")), payload(2, {1: product_of}, product=str)
    for step, (version, number) in zip(steps, [(1, 1), (1, 2), (2, 1)], strict=True):
        accepted = workspace.accepting(step)
        assert accepted.recorded == (Revision(version, number, contract_of(step)),)
        assert workspace.report(step).ok
    snapshot = workspace.recorded[TOPIC]
    assert [(each.version, each.number) for each in snapshot.revisions] == [(1, 1), (1, 2), (2, 1)]


def test_what_is_recorded_already_is_left_as_it_is(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str), PAID)
    before = {path: path.stat() for path in workspace.path.iterdir()}
    assert workspace.accepting(payload(item=str), PAID).recorded == ()
    assert {path: path.stat() for path in workspace.path.iterdir()} == before


def test_a_change_that_is_taken_back_is_recorded_as_one_more(workspace: Workspace) -> None:
    plain, noted = payload(item=str), payload(item=str, note=(str, ""))
    for made in (plain, noted, plain):
        workspace.accepting(made)
    assert workspace.recorded[TOPIC].newest == Revision(1, 3, contract_of(plain))
    assert workspace.report(plain).ok


def test_what_is_noticed_is_told_when_it_is_accepted(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str, amount=(int, 1)))
    (notice,) = workspace.accepting(payload(item=str, amount=(int, 2))).notices
    assert notice.path == "amount"


def test_one_break_keeps_everything_from_being_recorded(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str), PAID)
    before = workspace.texts()
    safe = payload(topic="order.paid", called="OrderPaid", amount=int, tip=(int, 0))
    fresh = payload(topic="order.sent", called="OrderSent", item=str)
    with pytest.raises(
        Refused, match=rf"nothing is recorded: {TOPIC}: amount: the new reader rejects"
    ) as caught:
        workspace.accepting(safe, payload(item=str, amount=int), fresh)
    (finding,) = caught.value.report.findings
    assert (finding.topic, finding.kind, finding.path) == (TOPIC, FindingKind.BREAKS, "amount")
    assert finding.ways_out
    assert not caught.value.report.ok
    assert workspace.texts() == before


def test_only_the_named_topics_are_looked_at(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    broken = pipeline(payload(product=str), PAID)
    (revision,) = accept(broken, workspace.folder, ["order.paid"]).recorded
    assert revision.contract.topic == "order.paid"
    with pytest.raises(Refused):
        accept(broken, workspace.folder, [TOPIC])


def test_a_topic_that_nobody_knows_is_named_with_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(
        UnknownTopic, match=rf"'order.lost': name one of {TOPIC}, order.paid, or none for all"
    ):
        accept(pipeline(payload(item=str), PAID), workspace.folder, [TOPIC, "order.lost"])
    assert workspace.texts() == {}


def test_a_snapshot_that_git_has_is_not_made_up_anew(workspace: Workspace) -> None:
    changed = pipeline(payload(product=str), PAID)
    with pytest.raises(MissingSnapshot, match=rf"'{TOPIC}' are in git .*restore {FOLDER}/{TOPIC}\.json`"):
        accept(changed, workspace.folder, None, committed=[TOPIC])
    assert workspace.texts() == {}
    assert accept(changed, workspace.folder, ["order.paid"], committed=[TOPIC]).recorded


def test_a_new_topic_begins_with_version_1(workspace: Workspace) -> None:
    with pytest.raises(Refused) as caught:
        workspace.accepting(payload(2, {1: dict}, item=str))
    (finding,) = caught.value.report.findings
    assert (finding.kind, finding.against) == (FindingKind.VERSION, "nothing")
    assert finding.ways_out == ("begin with 1: `version: ClassVar[int] = 1` in OrderPlaced",)


def test_an_upcaster_that_fails_keeps_a_version_from_being_recorded(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    before = workspace.texts()
    with pytest.raises(Refused, match="the new reader cannot read what version 1 wrote"):
        workspace.accepting(payload(2, {1: dict}, product=str))
    assert workspace.texts() == before


def test_a_removed_topic_is_refused_unless_others_are_named(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str), PAID)
    noted = payload(item=str, note=(str, ""))
    with pytest.raises(Refused, match=r"order\.paid: .*no payload has the topic any more"):
        workspace.accepting(noted)
    assert accept(pipeline(noted), workspace.folder, [TOPIC]).recorded


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [('"format": 1', '"format": 2', NewerSnapshot), ('"integer"', '"string"', EditedSnapshot)],
)
def test_nothing_is_written_over_what_cannot_be_read(
    old: str, new: str, error: type[Exception], workspace: Workspace
) -> None:
    workspace.accepting(payload(item=str), PAID)
    file = workspace.folder.file_of("order.paid")
    file.write_text(file.read_text().replace(old, new, 1))
    before = workspace.texts()
    with pytest.raises(error, match=r"order\.paid\.json"):
        accept(pipeline(payload(item=str, note=(str, "")), PAID), workspace.folder, [TOPIC])
    assert workspace.texts() == before


def test_of_several_runs_at_once_one_records(workspace: Workspace) -> None:
    made = pipeline(payload(item=str), PAID)
    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(lambda _: accept(made, workspace.folder), range(8)))
    assert sorted(len(each.recorded) for each in accepted) == [0] * 7 + [2]
    assert [len(each.revisions) for each in workspace.recorded.values()] == [1, 1]
    assert sorted(workspace.texts()) == ["order.paid.json", f"{TOPIC}.json"]


def test_a_run_waits_for_the_one_before_it_and_builds_on_what_that_recorded(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    noted = payload(item=str, note=(str, ""))
    accepted: list[tuple[Revision, ...]] = []
    waiting = Thread(target=lambda: accepted.append(workspace.accepting(noted).recorded))
    other = Workspace(workspace.path.parent / "beside")
    for made in (payload(item=str), payload(item=str, gift=(bool, False))):
        other.accepting(made)
    with workspace.folder.held():
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        workspace.folder.write(other.recorded.values())
    waiting.join(10)
    assert accepted == [(Revision(1, 3, contract_of(noted)),)]


KINDS = (int, float, str, bool, str | None, list[int], Literal["a", "b"], Literal["a"])
DEFAULTS: Mapping[Any, Any] = {int: 1, float: 1.5, bool: True, KINDS[4]: None, KINDS[5]: []}


@st.composite
def histories(draw: st.DrawFn) -> list[type[Payload]]:
    """Models that differ in one field each; names and types are few, so that one comes again as the other."""
    fields: dict[str, Any] = {"item": str}
    made = [payload(**fields)]
    for _ in range(draw(st.integers(2, 8))):
        name = draw(st.sampled_from(["item", "one", "two", "two"]))
        kind = draw(st.sampled_from(KINDS))
        optional = draw(st.integers(0, 3)) > 0
        fields = {**fields, name: (kind, DEFAULTS.get(kind, "a")) if optional else kind}
        if name != "item" and draw(st.booleans()):
            del fields[name]
        made.append(payload(**fields))
    return made


@settings(max_examples=80, deadline=None, derandomize=True)
@given(history=histories())
def test_within_a_version_all_that_was_accepted_reads_all_of_it(
    history: list[type[Payload]],
) -> None:
    with TemporaryDirectory() as folder:
        accepted = [each for each in history if is_accepted(Workspace(Path(folder)), each)]
    event(f"{len(accepted)} accepted, {len(history) - len(accepted)} refused")
    for writer in accepted:
        written = list(documents(writer_schema(writer), most=12))
        for reader in accepted:
            for document in written:
                reader.model_validate_json(json.dumps(document))


def is_accepted(workspace: Workspace, made: type[Payload]) -> bool:
    try:
        workspace.accepting(made)
    except Refused:
        return False
    return True
