"""What a model really writes is held against what it says that it writes, and against who reads it."""

import json
import operator
import os
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import assume, given
from pydantic import AfterValidator, BaseModel, Field, Json, PlainSerializer, create_model, model_serializer

from brickline.contracts import (
    Break,
    Contract,
    Direction,
    FindingKind,
    Proof,
    Rule,
    compare,
    contract_of,
    limit,
    reader_schema,
    writer_schema,
    written_breaks,
)
from brickline.schemas import PAYLOADS, Payload
from support.contract_kinds import models
from support.contract_models import buildable, calmly
from support.gated import Workspace, payload


class Colour(Enum):
    RED = "r"
    GREEN = "g"


Short = Annotated[str, Field(max_length=5)]


def thrice(text: str) -> Short:
    return text * 3


def title(text: str) -> str:
    return text.title()


def exits(text: str) -> str:
    raise SystemExit(f"not {text!r}")


class Distance(BaseModel):
    metres: float


LIES = {
    "default": (Annotated[str, Field(min_length=1)], Field(default_factory=lambda: "")),
    "default within": (Distance, Field(default_factory=lambda: Distance(metres=float("nan")))),
    "lengthened": Annotated[Short, PlainSerializer(thrice)],
    "changed when read": Annotated[Short, AfterValidator(title)],
    "library, another type": Annotated[dict[str, str], PlainSerializer(json.dumps)],
    "built in": Annotated[int, PlainSerializer(hex)],
    "attrgetter": Annotated[Colour, PlainSerializer(operator.attrgetter("name"))],
    "read as something else": Json[int],
    "raises": Annotated[str, PlainSerializer(exits, return_type=str)],
}


def breaks(made: type[Payload], *, known: bool = True) -> tuple[Break, ...]:
    new = contract_of(made)
    return written_breaks(new, made, new if known else None)


@pytest.mark.parametrize("known", [True, False], ids=["recorded", "new"])
@pytest.mark.parametrize("kind", LIES.values(), ids=LIES)
def test_what_is_written_beside_the_schema_is_found(kind: Any, known: bool) -> None:
    found = breaks(payload(x=kind), known=known)
    assert found
    assert {each.rule for each in found} == {Rule.NOT_UNDERSTOOD}
    assert all(each.witness is not None for each in found)


def test_the_example_is_what_was_really_written() -> None:
    (found,) = breaks(payload(x=LIES["lengthened"]))
    assert (found.direction, found.path) == (Direction.BACKWARD, "x")
    assert found.witness is not None
    assert (found.witness.document, found.witness.proof) == ({"x": "a" * 15}, Proof.MODEL)
    assert "String should have at most 5 characters" in found.says


def test_a_reader_that_takes_anything_does_not_excuse_what_the_schema_does_not_say() -> None:
    class Odd(Payload):
        topic: ClassVar[str] = "order.placed"
        name: str = ""

        @model_serializer(mode="plain")
        def _odd(self) -> dict[str, str]:
            return {"name": self.name, "other": 1}  # type: ignore[dict-item]  # the lie

    (found,) = breaks(Odd)
    assert (found.direction, found.witness and found.witness.proof) == (Direction.FORWARD, Proof.SCHEMA)
    assert found.says == "the model writes what its schema does not say"


@calmly
@given(models)
def test_a_model_that_writes_what_it_says_is_not_complained_of(rows: Any) -> None:
    made: Any = buildable(_all_required(rows))
    contract = Contract("topic", 1, writer_schema(made), reader_schema(made))
    assume(compare(contract, contract).full)  # what is seen in the schemas need not be tried
    assert written_breaks(contract, made, contract) == ()


def _all_required(part: Any) -> Any:
    """A default of these models is None, whatever their type: that is a lie, and found."""
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], tuple) and part[1] == "optional":
        return (_all_required(part[0]), "required")
    return tuple(map(_all_required, part)) if isinstance(part, tuple) else part


@pytest.mark.parametrize("real", PAYLOADS)
def test_nor_is_a_real_payload(real: type[Payload]) -> None:
    assert breaks(real, known=False) == ()


def test_an_old_reader_may_reject_what_is_really_written() -> None:
    old = contract_of(payload(x=Annotated[str, Field(max_length=5)]))
    new = payload(x=str)
    (by_schema,) = written_breaks(contract_of(new), new, old)
    assert by_schema.witness is not None
    assert (by_schema.direction, by_schema.path) == (Direction.FORWARD, "x")
    assert by_schema.witness.proof is Proof.SCHEMA
    picky = create_model("Picky", x=(Annotated[str, Field(max_length=2)], ...))
    (by_model,) = written_breaks(contract_of(new), new, old, picky.model_validate_json)
    assert by_model.witness is not None
    assert by_model.witness.complaint == "x: String should have at most 2 characters"


def test_what_the_comparison_has_found_is_not_told_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.accepting(payload(x=str, y=(str, "")))
    against = {each.against for each in workspace.report(payload(z=str, y=int)).findings}
    assert against == {"version 1, revision 1"}


def test_a_serializer_that_does_not_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "DOCUMENT_S", 0.05)
    found = breaks(payload(x=Annotated[str, PlainSerializer(endless, return_type=str)]))
    assert any("did not end" in each.says for each in found)


def endless(text: str) -> str:
    while text is not None:
        pass
    return text


def test_the_same_is_found_each_time() -> None:
    made = payload(x=LIES["attrgetter"], y=LIES["default"])
    assert breaks(made) == breaks(made)


def from_elsewhere() -> str:
    return os.environ.get("BRICKLINE_TEST_DEFAULT", "")


def test_a_payload_that_is_on_record_is_tried_at_every_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path)
    made = payload(x=(Annotated[str, Field(min_length=1)], Field(default_factory=from_elsewhere)))
    monkeypatch.setenv("BRICKLINE_TEST_DEFAULT", "fine")
    workspace.accepting(made)
    assert workspace.report(made).ok
    monkeypatch.delenv("BRICKLINE_TEST_DEFAULT")
    (finding,) = workspace.report(made).findings
    assert (finding.kind, finding.path) == (FindingKind.BREAKS, "x")
    assert "validate_default=True" in finding.ways_out[1]


def test_a_new_payload_that_writes_beside_its_schema_is_not_accepted(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="does not read what it writes itself"):
        Workspace(tmp_path).accepting(payload(x=LIES["built in"]))
    assert not Workspace(tmp_path).texts()
