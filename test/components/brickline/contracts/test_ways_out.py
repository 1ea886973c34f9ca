"""Each way out of a break leads out: followed to the letter, the check is green."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, AliasChoices, BaseModel, Field, create_model

from brickline.contracts import Direction, Finding, FindingKind, Rule
from support.gated import TOPIC, Workspace, payload

Fields = Mapping[str, Any]

READERS_FIRST = (
    "then `brickline contracts accept`, and readers first: deploy order_worker, then "
    "gateway; all_in_one at any time, as a whole"
)


@dataclass(frozen=True)
class Case:
    """A change, what it breaks, and what the ways out make of it."""

    before: Fields
    after: Fields
    rule: Rule
    path: str
    direction: Direction | None
    within: Fields
    """The fields after the first way out, which keeps the version."""
    first: str
    """What that way says."""
    becomes: Fields
    """What the upcaster of the second way out puts into each document."""
    second: str
    """What that way says of the upcaster."""
    leaves: frozenset[str] = field(default_factory=frozenset)
    """What the upcaster leaves out."""


def letters(value: str) -> str:
    if not value.isalpha():
        raise ValueError("not letters")
    return value


INNER = create_model("Line", product=(str, ...))
INNER_PRICED = create_model("Line", product=(str, ...), price=(int, ...))
INNER_MAYBE = create_model("Line", product=(str, ...), price=(int | None, None))
CARD: Any = Literal["card"]
CASH: Any = Literal["cash"]
BACKWARD, FORWARD = Direction.BACKWARD, Direction.FORWARD
CASES = {
    "a required field is added": Case(
        {"item": str},
        {"item": str, "amount": int},
        Rule.ADD_REQUIRED,
        "amount",
        BACKWARD,
        {"item": str, "amount": (int | None, None)},
        "give amount of OrderPlaced a default, such as None with a type that allows it",
        {"amount": 1},
        "which fills in amount",
    ),
    "a required field is added to a part": Case(
        {"lines": list[INNER]},
        {"lines": list[INNER_PRICED]},
        Rule.ADD_REQUIRED,
        "lines[*].price",
        BACKWARD,
        {"lines": list[INNER_MAYBE]},
        "give price of Line a default",
        {"lines": []},
        "which fills in price",
    ),
    "a required field is removed": Case(
        {"item": str, "amount": int},
        {"item": str},
        Rule.REMOVE_REQUIRED,
        "amount",
        FORWARD,
        {"item": str, "amount": int},
        "put amount back into OrderPlaced as it was, and go on writing it",
        {},
        "which may return its data as they are",
    ),
    "a required field is renamed, for the new reader": Case(
        {"item": str},
        {"product": str},
        Rule.RENAME_REQUIRED,
        "product",
        BACKWARD,
        {"product": (str, Field(alias="item"))},
        "rename it in Python alone: product in OrderPlaced with `Field(alias='item')`",
        {"product": "book"},
        "which moves item to product",
    ),
    "a required field is renamed, for the old reader": Case(
        {"item": str},
        {"product": str},
        Rule.RENAME_REQUIRED,
        "item",
        FORWARD,
        {"product": (str, Field(alias="item"))},
        "rename it in Python alone: product in OrderPlaced with `Field(alias='item')`",
        {"product": "book"},
        "which moves item to product",
    ),
    "an optional field becomes required": Case(
        {"item": str, "amount": (int, 1)},
        {"item": str, "amount": int},
        Rule.OPTIONAL_TO_REQUIRED,
        "amount",
        BACKWARD,
        {"item": str, "amount": (int, 1)},
        "give amount of OrderPlaced its default back",
        {"amount": 1},
        "which fills in amount where it is missing",
    ),
    "a required field becomes optional": Case(
        {"item": str, "amount": int},
        {"item": str, "amount": (int, 1)},
        Rule.REQUIRED_TO_OPTIONAL,
        "amount",
        FORWARD,
        {"item": str, "amount": int},
        "take the default of amount in OrderPlaced away again",
        {},
        "which may return its data as they are",
    ),
    "a type is narrowed": Case(
        {"amount": int},
        {"amount": Annotated[int, Field(ge=1)]},
        Rule.NARROW,
        "amount",
        BACKWARD,
        {"amount": int},
        "let amount of OrderPlaced take all that it took, and be strict in the code that makes the value",
        {"amount": 1},
        "which turns each value of amount that does not fit any more into one that does",
    ),
    "a type is widened": Case(
        {"amount": int},
        {"amount": float},
        Rule.WIDEN,
        "amount",
        FORWARD,
        {"amount": int, "exactly": (float | None, None)},
        "put the type of amount in OrderPlaced back as it was, and write what does not fit to a new field",
        {},
        "which may return its data as they are",
    ),
    "a choice is removed": Case(
        {"size": Literal["small", "large"]},
        {"size": Literal["large"]},
        Rule.REMOVE_CHOICE,
        "size",
        BACKWARD,
        {"size": Literal["small", "large"]},
        "put the removed choice back into size of OrderPlaced",
        {"size": "large"},
        "which turns the removed choice of size into one that is left",
    ),
    "a choice is added": Case(
        {"size": Literal["large"]},
        {"size": Literal["small", "large"]},
        Rule.ADD_CHOICE,
        "size",
        FORWARD,
        {"size": Literal["large"], "size_too": (Literal["small"] | None, None)},
        "leave the choices of size in OrderPlaced as they were, and write the new one to a new field",
        {},
        "which may return its data as they are",
    ),
    "the reader refuses what it does not know": Case(
        {"item": str},
        {"item": str, "extra": "forbid"},
        Rule.EXTRA_FORBIDDEN,
        "$",
        None,
        {"item": str, "extra": "ignore"},
        '`extra="ignore"` in the model_config of OrderPlaced',
        {},
        "which leaves out what the new model does not know",
    ),
    "a field is removed from a reader that refuses what it does not know": Case(
        {"item": str, "note": (str, "")},
        {"item": str, "extra": "forbid"},
        Rule.EXTRA_FORBIDDEN,
        "note",
        BACKWARD,
        {"item": str, "extra": "ignore"},
        '`extra="ignore"` in the model_config of OrderPlaced',
        {},
        "which leaves out what the new model does not know",
        frozenset({"note"}),
    ),
    "a field is added for a reader that refuses what it does not know": Case(
        {"item": str, "extra": "forbid"},
        {"item": str, "note": (str, ""), "extra": "forbid"},
        Rule.EXTRA_FORBIDDEN,
        "note",
        FORWARD,
        {"item": str, "extra": "forbid"},
        "leave note out of OrderPlaced in this version",
        {},
        "which may return its data as they are",
    ),
    "code decides": Case(
        {"item": str},
        {"item": Annotated[str, AfterValidator(letters)]},
        Rule.NOT_UNDERSTOOD,
        "item",
        BACKWARD,
        {"item": str},
        "leave item of OrderPlaced as it was, and put what cannot be compared",
        {"item": "book"},
        "which makes of the old item what the new model takes",
    ),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "snapshots")


def the_finding(workspace: Workspace, case: Case) -> Finding:
    workspace.accepting(payload(**case.before))
    found = workspace.report(payload(**case.after)).findings
    return next(each for each in found if (each.path, each.direction) == (case.path, case.direction))


def test_no_rule_that_breaks_is_without_a_case() -> None:
    noticed = {Rule.RENAME_OPTIONAL, Rule.DEFAULT_CHANGED, Rule.UNION_ORDER}
    told_elsewhere = {Rule.NAME_REUSED, Rule.UPCASTER, *noticed}
    assert {case.rule for case in CASES.values()} == set(Rule) - told_elsewhere


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_way_within_the_version_leads_out(case: Case, workspace: Workspace) -> None:
    finding = the_finding(workspace, case)
    assert finding.rule == case.rule
    assert finding.ways_out[0].startswith("take the change back")
    *_, within, _ = finding.ways_out
    assert case.first in within
    left = workspace.report(payload(**case.within)).findings
    assert {each.kind for each in left} <= {FindingKind.UNRECORDED}
    workspace.accepting(payload(**case.within))
    assert workspace.report(payload(**case.within)).ok


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_way_to_a_new_version_leads_out(case: Case, workspace: Workspace) -> None:
    def upcaster(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: value for name, value in (data | case.becomes).items() if name not in case.leaves}  # type: ignore[operator]  # it is a dict

    *_, newer = the_finding(workspace, case).ways_out
    assert newer.startswith(
        "make it version 2: `version: ClassVar[int] = 2` in OrderPlaced, and in its `upcasters`"
    )
    assert f"`1: <function>`, {case.second}" in newer
    assert newer.endswith(READERS_FIRST)
    second = payload(2, {1: upcaster}, **case.after)
    assert [each.kind for each in workspace.report(second).findings] == [FindingKind.UNRECORDED]
    workspace.accepting(second)
    assert workspace.report(second).ok


def test_the_ways_out_of_a_name_used_before_lead_out(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str, note=(int, 0)))
    workspace.accepting(payload(item=str))
    found = workspace.report(payload(item=str, note=(str, ""))).findings
    _, within, newer = next(each.ways_out for each in found if each.rule == Rule.NAME_REUSED)
    assert within == "call note of OrderPlaced something that no earlier revision used"
    assert "`1: <function>`, which leaves the old note out" in newer
    workspace.accepting(payload(item=str, remark=(str, "")))
    second = payload(2, {1: lambda data: {"item": data["item"]}}, item=str, note=(str, ""))
    workspace.accepting(second)
    assert workspace.report(second).ok


def test_the_ways_out_of_a_failing_upcaster_lead_out(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(2, {1: dict}, product=str)).findings
    _, mend, loosen = finding.ways_out
    assert mend.startswith("mend `upcasters[1]` of OrderPlaced")
    assert loosen.startswith("let product of OrderPlaced take what comes out")
    mended = payload(2, {1: lambda data: {"product": data["item"]}}, product=str)
    loosened = payload(2, {1: dict}, product=(str, ""))
    for made in (mended, loosened):
        assert [each.kind for each in workspace.report(made).findings] == [FindingKind.UNRECORDED]


def test_a_version_of_which_no_document_can_be_made_up_has_ways_out_too(workspace: Workspace) -> None:
    hard = Annotated[str, Field(pattern=r"^(?:[a-c]{3}\d\b){2}$")]
    never = create_model("Never", name=(hard, ...))
    workspace.accepting(payload(part=never))
    second = payload(2, {1: lambda data: {"name": "x"}}, name=str)
    (finding,) = workspace.report(second).findings
    assert (finding.kind, finding.rule) == (FindingKind.UPCASTER, Rule.NOT_UNDERSTOOD)
    _, keep, beside = finding.ways_out
    assert keep == "keep the version of OrderPlaced, with changes that are safe within it"
    assert "a topic of its own" in beside
    workspace.accepting(payload(part=never, name=(str, "")))
    other = payload(topic="order.named", called="OrderNamed", item=str)
    workspace.accepting(payload(part=never, name=(str, "")), other)
    assert workspace.report(payload(part=never, name=(str, "")), other).ok


def test_the_way_out_of_a_model_that_does_not_read_itself_leads_out(workspace: Workspace) -> None:
    workspace.accepting(payload(item=str))
    split = Annotated[str, Field(validation_alias="one", serialization_alias="other")]
    upcaster = {1: lambda data: {"one": data["item"], "other": data["item"]}}
    (finding,) = workspace.report(payload(2, upcaster, name=split)).findings
    assert finding.ways_out == (
        "take the change back",
        "let OrderPlaced read one as it writes it: one `alias` for both, and no serializer whose result it "
        "would not take",
    )
    workspace.accepting(payload(2, upcaster, name=Annotated[str, Field(alias="one")]))


def test_a_field_is_named_with_the_class_that_has_it(workspace: Workspace) -> None:
    class Deep(BaseModel):
        value: int

    class Deeper(BaseModel):
        value: int
        more: int

    def nested(inner: type[BaseModel]) -> Any:
        card = create_model("Card", kind=(CARD, "card"), inner=(inner, ...))
        cash = create_model("Cash", kind=(CASH, "cash"))
        return dict[str, tuple[Annotated[card | cash, Field(discriminator="kind")], ...]]

    workspace.accepting(payload(item=str, parts=nested(Deep)))
    (finding,) = workspace.report(payload(item=str, parts=nested(Deeper))).findings
    assert finding.path.endswith("inner.more")
    assert finding.ways_out[1].startswith("give more of Deeper a default")
    aliased = payload(
        item=str, name=(str, Field(validation_alias=AliasChoices("a", "b"), serialization_alias="a"))
    )
    (finding,) = [
        each
        for each in workspace.report(aliased).findings
        if each.rule == Rule.ADD_REQUIRED and each.topic == TOPIC
    ]
    assert finding.ways_out[1].startswith("give a of OrderPlaced a default")
