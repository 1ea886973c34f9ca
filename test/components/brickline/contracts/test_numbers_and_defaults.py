"""Numbers that are none, numbers beyond a float, defaults that a function makes, and tags with a default."""

import json
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, create_model

from brickline.contracts import (
    Contract,
    Flag,
    Proof,
    Rule,
    UnrepresentableModel,
    Verdict,
    compare,
    reader_schema,
    writer_schema,
)
from brickline.schemas import Payload
from support.skew import written


def model(config: ConfigDict | None = None, **fields: Any) -> type[BaseModel]:
    rows = {name: each if isinstance(each, tuple) else (each, ...) for name, each in fields.items()}
    return create_model("Made", __config__=config, **rows)


def contract(made: type[BaseModel]) -> Contract:
    return Contract("topic", 1, writer_schema(made), reader_schema(made))


def verdict(old: type[BaseModel], new: type[BaseModel]) -> Verdict:
    return compare(
        contract(old), contract(new), old_model=old.model_validate_json, new_model=new.model_validate_json
    )


in_words = model(ConfigDict(ser_json_inf_nan="strings"), x=float)
finite = model(x=FiniteFloat)


def test_a_reader_of_finite_numbers_does_not_read_infinity_written_in_words() -> None:
    (broken,) = verdict(in_words, finite).breaks
    assert broken.witness is not None
    assert broken.witness.proof is Proof.MODEL
    assert broken.witness.document == {"x": "-Infinity"}
    assert verdict(finite, in_words).backward


def test_a_reader_of_any_number_reads_them() -> None:
    assert verdict(in_words, model(x=float)).full
    assert verdict(in_words, in_words).full


def test_bounds_say_which_of_them_may_be_written() -> None:
    positive = model(ConfigDict(ser_json_inf_nan="strings"), x=Annotated[float, Field(ge=0)])
    assert verdict(positive, model(x=Annotated[float, Field(ge=-1)])).backward
    (broken,) = (each for each in verdict(positive, finite).breaks if each.direction == "backward")
    assert broken.witness is not None
    assert broken.witness.document == {"x": "Infinity"}
    bound = model(ConfigDict(ser_json_inf_nan="strings"), x=Annotated[float, Field(ge=0, le=9)])
    assert verdict(bound, finite).backward


def test_a_number_that_is_written_as_something_that_is_no_json_has_no_schema() -> None:
    with pytest.raises(UnrepresentableModel, match="x: a NaN that is written as such is no JSON"):
        writer_schema(model(ConfigDict(ser_json_inf_nan="constants"), x=float))
    writer_schema(model(ConfigDict(ser_json_inf_nan="constants", allow_inf_nan=False), x=float))


def test_finite_numbers_break_nobody_who_writes_json() -> None:
    assert verdict(model(x=float), finite).full
    assert verdict(finite, finite).full
    assert verdict(model(x=int), finite).backward


def test_a_whole_number_is_read_as_a_float_however_large_a_writer_could_make_it() -> None:
    (reader,) = (model(x=float),)
    assert verdict(model(x=int), reader).backward
    reader.model_validate_json(json.dumps({"x": 10**400}))


def seven() -> int:
    return 7


def times(factor: int) -> Callable[[], int]:
    return lambda: factor * 7


def flagged(old: Any, new: Any) -> tuple[Flag, ...]:
    said = verdict(model(x=(int, old)), model(x=(int, new)))
    assert said.full
    return said.flags


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(Field(default_factory=seven), Field(default_factory=times(1)), id="another function"),
        pytest.param(Field(default_factory=times(1)), Field(default_factory=times(2)), id="another closure"),
        pytest.param(7, Field(default_factory=seven), id="from a value"),
        pytest.param(Field(default_factory=seven), 7, id="to a value"),
        pytest.param(Field(default_factory=int), 7, id="from nothing much"),
    ],
)
def test_a_default_that_a_function_makes_is_flagged_if_it_changes(old: Any, new: Any) -> None:
    (flag,) = flagged(old, new)
    assert (flag.path, flag.rule, flag.refused) == ("x", Rule.DEFAULT_CHANGED, False)


def test_a_default_that_is_made_in_the_same_way_is_not() -> None:
    assert not flagged(Field(default_factory=seven), Field(default_factory=seven))
    assert not flagged(0, Field(default_factory=int))
    same = verdict(model(x=(list[int], [])), model(x=(list[int], Field(default_factory=list))))
    assert not same.flags


def test_an_empty_default_that_its_own_type_refuses_is_written_all_the_same() -> None:
    careless = model(x=(tuple[int, int], Field(default_factory=tuple)))
    assert not verdict(careless, careless).backward


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


class Kept(Payload):
    topic: ClassVar[str] = "pet.kept"

    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat()


def test_a_tag_with_a_default_is_really_always_written() -> None:
    found: list[Any] = list(written(Kept))
    assert {data["pet"]["kind"] for data in found} == {"cat", "dog"}
    by_default: JsonValue = json.loads(Kept().model_dump_json())
    assert by_default == {"pet": {"kind": "cat"}}
