"""What documents of a schema are made up: valid, the same each time, and of every sort there is."""

import json
import subprocess
import sys
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import pytest
from hypothesis import given
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FutureDate,
    FutureDatetime,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    TypeAdapter,
    create_model,
    model_validator,
)

from brickline.contracts import NoExample, Schema, documents, writer_schema
from brickline.contracts.nodes import text_of
from brickline.contracts.witness.accepts import accepts
from brickline.schemas import PAYLOADS
from support.contract_kinds import models
from support.contract_models import buildable, calmly


def made(most: int = 40, **fields: Any) -> list[Any]:
    """The documents of a model of the given fields: a type alone is required, a pair has a default."""
    rows = {name: each if isinstance(each, tuple) else (each, ...) for name, each in fields.items()}
    return list(documents(writer_schema(create_model("Made", **rows)), most=most))


def values(kind: Any, most: int = 200) -> list[Any]:
    return [document["x"] for document in made(most, x=kind)]


class Node(BaseModel):
    name: str
    parts: list["Node"] = []
    other: Optional["Node"] = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: Annotated[int, Field(ge=1, le=9)] = 9


class Dog(BaseModel):
    kind: Literal["dog", "puppy"]
    tricks: list[str] = []


class Apart(BaseModel):
    model_config = ConfigDict(extra="allow")

    inner: "Apart | None" = None


class Bill(BaseModel):
    items: list[int] = []
    total: int = 0

    @model_validator(mode="after")
    def _adds_up(self) -> "Bill":
        return self


def depth(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (isinstance(value, dict)) + max(map(depth, parts), default=0)


@calmly
@given(models)
def test_each_is_one_that_the_writer_may_write_and_no_two_are_the_same(rows: Any) -> None:
    schema = writer_schema(buildable(rows))
    try:
        found = list(documents(schema))
    except NoExample:
        return
    for document in found:
        assert accepts(schema.document, schema.document["$defs"], document, "writes"), document
    assert len({text_of(document) for document in found}) == len(found) <= 40


@pytest.mark.parametrize("payload", PAYLOADS)
def test_each_of_a_real_payload_is_read_by_its_model(payload: type[BaseModel]) -> None:
    found = list(documents(writer_schema(payload)))
    assert len(found) > 1
    for document in found:
        payload.model_validate_json(json.dumps(document))


def test_the_smallest_comes_first_and_the_fullest_second() -> None:
    first, second, *_ = made(x=int, y=(str | None, None), z=(list[int], []))
    assert first == {"x": 0}
    assert second.keys() == {"x", "y", "z"}
    assert len(second["z"]) > 1


def test_each_optional_field_is_once_the_only_one_and_once_the_only_one_left_out() -> None:
    names = [frozenset(document) for document in made(100, x=int, y=(int, 0), z=(int, 0))]
    assert {frozenset("x"), frozenset("xy"), frozenset("xz"), frozenset("xyz")} <= set(names)


def test_every_choice_is_made() -> None:
    assert set(values(Literal["a", "b", 3])) == {"a", "b", 3}
    assert {type(value) for value in values(int | str | list[int] | None)} == {int, str, list, type(None)}
    kinds = [value["kind"] for value in values(Annotated[Cat | Dog, Field(discriminator="kind")])]
    assert set(kinds) == {"cat", "dog", "puppy"}


def test_each_value_of_a_long_enum_is_there_if_there_is_room() -> None:
    letters = tuple(chr(ord("a") + place) for place in range(26))
    found = made(40, id=UUID, x=Literal[letters], ys=list[Literal[letters]])
    assert {document["x"] for document in found} == set(letters)
    assert {letter for document in found for letter in document["ys"]} == set(letters)


def test_bounds_are_reached() -> None:
    assert {3, 7} <= set(values(Annotated[int, Field(ge=3, le=7)]))
    assert {1, 300} <= {len(value) for value in values(Annotated[str, Field(min_length=1, max_length=300)])}
    assert {2, 5} <= {len(value) for value in values(Annotated[list[int], Field(min_length=2, max_length=5)])}
    assert {1, 6} <= {
        len(value) for value in values(Annotated[dict[str, int], Field(min_length=1, max_length=6)])
    }
    assert max(map(len, values(str))) > 5000


def test_texts_are_not_all_plain() -> None:
    found = "".join(values(str))
    assert {"é", "世", "🧱", "\n", '"', "\x00", "²", "٣", "\u200b"} <= set(found)
    assert {"a@", "1e5", "NaN", "1,5", "-"} <= set(values(str))
    assert any(not key.isascii() for value in values(dict[str, int]) for key in value)
    bound = values(Annotated[str, Field(max_length=50)])
    assert max(len(value.encode()) for value in bound) == 200


def test_recursive_models_are_two_levels_deep() -> None:
    found = list(documents(writer_schema(Node), most=200))
    assert max(map(depth, found)) == 4, "three that vary, and the smallest in them"
    assert found[0] == {"name": ""}


def test_a_dozen_models_that_hold_one_another_do_not_keep_it_busy_for_ever() -> None:
    names = [f"#/$defs/Part{place}" for place in range(12)]
    part = {
        "type": "object",
        "properties": {f"x{place}": {"$ref": name} for place, name in enumerate(names)},
        "required": [],
        "additionalProperties": False,
    }
    schema = Schema.of({"$ref": names[0], "$defs": {name.rpartition("/")[2]: part for name in names}})
    assert len(list(documents(schema))) == 40


def test_names_that_a_writer_does_not_list_are_written_if_it_may() -> None:
    names = {name for document in documents(writer_schema(Apart)) for name in document}
    assert names - {"inner"}


def test_moments_have_a_time_zone_or_none_as_asked_for() -> None:
    for kind, aware in ((AwareDatetime, {True}), (NaiveDatetime, {False}), (datetime, {True, False})):
        found = {datetime.fromisoformat(value).tzinfo is not None for value in values(kind)}
        assert found == aware


@pytest.mark.parametrize("kind", [PastDatetime, FutureDatetime, PastDate, FutureDate])
def test_moments_are_past_or_to_come_as_asked_for(kind: Any) -> None:
    adapter = TypeAdapter(kind)
    assert [adapter.validate_json(json.dumps(value)) for value in values(kind)]


def checked(value: str) -> str:
    return value


def test_under_a_check_of_which_only_the_name_is_known_all_is_plain() -> None:
    found = values(Annotated[str, AfterValidator(checked)])
    assert found
    assert all(value.isascii() and value.isprintable() for value in found)


def test_if_it_is_to_be_bold_it_is_not() -> None:
    schema = writer_schema(create_model("Made", x=(Annotated[str, AfterValidator(checked)], ...)))
    found: list[Any] = list(documents(schema, bold=True))
    assert {"é", "🧱"} <= {document["x"] for document in found}


def test_texts_of_the_callers_are_among_texts_and_names_as_far_as_they_fit() -> None:
    bounds = Annotated[str, Field(max_length=2)]
    digits = Annotated[str, Field(pattern="^[0-9]+$")]
    made = create_model("Made", x=(str, ...), y=(bounds, ...), z=(digits, ...), m=(dict[str, int], ...))
    found: list[Any] = list(documents(writer_schema(made), most=100, texts=("EUR", "77")))
    assert {"EUR", "77"} <= {document["x"] for document in found}
    assert "EU" in {document["y"] for document in found}
    assert "77" in {document["z"] for document in found}
    assert any("EUR" in document["m"] for document in found)


def test_what_is_checked_as_a_whole_is_tried_with_each_pair_of_small_values() -> None:
    found: list[Any] = list(documents(writer_schema(Bill), most=200))
    assert any(sum(each.get("items", ())) == each.get("total", 0) != 0 for each in found)


def test_where_there_can_be_no_document_there_is_none() -> None:
    with pytest.raises(NoExample, match="no document of"):
        made(x=Annotated[str, Field(pattern=r"^(one|two)\b.+$", min_length=40)])


def test_there_are_no_more_than_asked_for() -> None:
    schema = writer_schema(PAYLOADS[0])
    assert len(list(documents(schema, most=3))) == 3
    assert list(islice(documents(schema), 3)) == list(documents(schema, most=3))


def test_another_process_makes_up_the_same() -> None:
    code = (
        "from brickline.contracts import documents, writer_schema; from brickline.schemas import PAYLOADS;"
        "print(ascii([list(documents(writer_schema(each))) for each in PAYLOADS]))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == ascii([list(documents(writer_schema(each))) for each in PAYLOADS])
