"""A schema says all that decides whether a document is read, and says it in one form."""

import json
import linecache
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import IntEnum, IntFlag
from ipaddress import IPv4Address
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import pytest
from pydantic import (
    AfterValidator,
    AliasPath,
    Base64Str,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    JsonValue,
    PlainSerializer,
    SecretStr,
    SerializeAsAny,
    create_model,
    model_validator,
)

from brickline.contracts import (
    Contract,
    Rule,
    Schema,
    UnreadableSchema,
    UnrepresentableModel,
    compare,
    reader_schema,
    writer_schema,
)


class Forward(BaseModel):
    missing: "Nowhere"  # type: ignore[name-defined]  # noqa: F821  # the point of the test


class Unformed(BaseModel):
    call: Callable[[], None]


class Deep(BaseModel):
    inner: Annotated[int, Field(validation_alias=AliasPath("a", "b"))]


class Strange:
    pass


class Bits(IntFlag):
    A = 1
    B = 2


class Colour(IntEnum):
    RED = 1


class UsingValues(BaseModel):
    model_config = ConfigDict(use_enum_values=True)

    colour: Colour


class Unnamed:
    def __call__(self, value: str) -> str:
        return value

    def __getattr__(self, name: str) -> str:
        raise RuntimeError("no name") if name == "__qualname__" else AttributeError(name)


@pytest.mark.parametrize(
    ("made", "what"), [(Forward, "Forward"), (Unformed, "call"), (Deep, "inner"), (Strange, "Strange")]
)
def test_a_model_without_a_schema_is_named(made: Any, what: str) -> None:
    with pytest.raises(UnrepresentableModel, match=what):
        reader_schema(made)


def test_the_order_of_fields_does_not_count() -> None:
    one = create_model("Made", a=(int, ...), b=(str, ...))
    other = create_model("Made", b=(str, ...), a=(int, ...))
    assert reader_schema(one) == reader_schema(other)
    assert writer_schema(one).digest == writer_schema(other).digest


def test_what_is_said_about_a_field_does_not_count() -> None:
    plain = create_model("Made", a=(int, ...))
    told = create_model(
        "Made", a=(Annotated[int, Field(title="A", description="a number", examples=[1])], ...)
    )
    assert reader_schema(plain) == reader_schema(told)


def test_a_writer_is_closed_and_a_reader_is_open() -> None:
    made = create_model("Made", a=(int, ...))
    assert writer_schema(made).document["$defs"]["Made"]["additionalProperties"] is False
    assert reader_schema(made).document["$defs"]["Made"]["additionalProperties"] == {}


def test_a_schema_comes_back_as_it_was_stored() -> None:
    schema = reader_schema(create_model("Made", a=(int, 1)))
    assert Schema.parse(schema.text) == schema


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"$defs": 1}', "null"])
def test_what_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSchema):
        Schema.parse(text)


LIMIT = 5


def short(value: str) -> str:
    # A remark.
    if len(value) > LIMIT:
        raise ValueError("too long")
    return value


def checks(made: type[BaseModel]) -> list[str]:
    found: list[str] = reader_schema(made).document["$defs"]["Made"]["properties"]["a"]["x-checks"]
    return found


def test_a_validator_is_known_by_its_source_and_by_the_values_that_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = create_model("Made", a=(Annotated[str, AfterValidator(short)], ...))
    before = checks(made)
    assert before == checks(made)
    monkeypatch.setitem(short.__globals__, "LIMIT", 4)
    assert checks(made) != before


def test_a_validator_of_a_whole_model_counts() -> None:
    class Made(BaseModel):
        a: int

        @model_validator(mode="after")
        def _positive(self) -> "Made":
            return self

    assert any("_positive" in check for check in reader_schema(Made).document["$defs"]["Made"]["x-checks"])


def test_a_serializer_is_believed_in_what_it_says_that_it_returns() -> None:
    def text(value: int) -> str:
        return str(value)

    made = create_model("Made", a=(Annotated[int, PlainSerializer(text)], ...))
    assert writer_schema(made).document["$defs"]["Made"]["properties"]["a"] == {"type": "string"}


@pytest.mark.parametrize(
    "kind",
    [
        Annotated[dict[str, str], PlainSerializer(json.dumps)],
        Annotated[int, PlainSerializer(hex)],
        Annotated[int, PlainSerializer(attrgetter("real"))],
        Annotated[int, PlainSerializer(lambda value: value)],
        SecretStr,
        SerializeAsAny[BaseModel],
    ],
)
def test_of_a_serializer_that_does_not_say_what_it_returns_nothing_is_known(kind: Any) -> None:
    made = create_model("Made", a=(kind, ...))
    contract = Contract("topic", 1, writer_schema(made), reader_schema(made))
    breaks = compare(contract, contract, new_model=made.model_validate_json).breaks
    assert {(broken.rule, broken.witness) for broken in breaks} == {(Rule.NOT_UNDERSTOOD, None)}
    assert all(" cannot be shown: what is written by " in broken.says for broken in breaks)


@pytest.mark.parametrize("kind", [HttpUrl, Base64Str, Path, IPv4Address, Sequence[int], UsingValues, Bits])
def test_what_pydantic_itself_writes_is_the_form_of_the_type(kind: Any) -> None:
    made = create_model("Made", a=(kind, ...))
    contract = Contract("topic", 1, writer_schema(made), reader_schema(made))
    assert compare(contract, contract).full


def test_a_decimal_that_is_written_as_a_float_may_be_too_large_and_is_then_null() -> None:
    made = create_model("Made", a=(Annotated[Decimal, PlainSerializer(float)], ...))
    contract = Contract("topic", 1, writer_schema(made), reader_schema(made))
    witnesses = [broken.witness for broken in compare(contract, contract).breaks]
    assert [witness and witness.document for witness in witnesses] == [{"a": None}, {"a": None}]
    assert json.loads(made(a=Decimal("1e400")).model_dump_json()) == {"a": None}
    small = create_model("Made", a=(Annotated[Decimal, PlainSerializer(float), Field(ge=0, le=9)], ...))
    contract = Contract("topic", 1, writer_schema(small), reader_schema(small))
    assert compare(contract, contract).full


@pytest.mark.parametrize(
    "field",
    [
        pytest.param((str, "\ud800"), id="a text that UTF-8 has no form for"),
        pytest.param((Annotated[float, Field(le=math.inf)], 0.0), id="a bound that is no number"),
        pytest.param((Literal[b"a"], ...), id="bytes as a constant"),
        pytest.param((dict[tuple[int, int], str], ...), id="pairs as keys"),
        pytest.param((dict[int | None, str], ...), id="null as a key"),
        pytest.param((dict[Literal[1, 2], str], ...), id="constants as keys that are no texts"),
        pytest.param((dict[int | tuple[int, int], str], ...), id="a key that may be a pair"),
        pytest.param((dict[Bits, str], ...), id="flags as keys"),
        pytest.param((set[Any], ...), id="a set of anything"),
        pytest.param((set[JsonValue], ...), id="a set of any JSON"),
        pytest.param((frozenset[int | list[int]], ...), id="a set of what may be a list"),
        pytest.param(
            (Annotated[str, AfterValidator(Unnamed())], ...), id="code that raises when it is asked"
        ),
    ],
)
def test_what_has_no_form_that_could_be_compared_is_named_with_its_field(field: Any) -> None:
    made = create_model("Made", amount=field)
    for schema in (reader_schema, writer_schema):
        with pytest.raises(UnrepresentableModel, match=r"^Made has no .*amount: "):
            schema(made)


def two_of_a_name(first: str, second: str) -> type[BaseModel]:
    class One:
        class Part(BaseModel):
            a: int = 0

    class Other:
        class Part(BaseModel):
            b: str = ""

    kinds = {"p": One.Part, "q": Other.Part}
    fields: dict[str, Any] = {first: (kinds[first], ...), second: (kinds[second], ...)}
    return create_model("Made", **fields)


def test_definitions_of_one_name_are_told_apart_whatever_their_order() -> None:
    assert reader_schema(two_of_a_name("p", "q")) == reader_schema(two_of_a_name("q", "p"))
    names = reader_schema(two_of_a_name("p", "q")).document["$defs"]
    assert sorted(name.rpartition("two_of_a_name")[2] for name in names) == [
        "Made",
        "_One_Part",
        "_Other_Part",
    ]


def test_classes_made_at_run_time_of_one_name_are_told_apart_by_what_they_say() -> None:
    def part(kind: type) -> type[BaseModel]:
        return create_model("Part", a=(kind, ...))

    one = create_model("Made", p=(part(int), ...), q=(part(str), ...), r=(part(int), ...))
    other = create_model("Made", r=(part(int), ...), q=(part(str), ...), p=(part(int), ...))
    assert writer_schema(one) == writer_schema(other)
    assert len(writer_schema(one).document["$defs"]) == 3


def test_a_default_that_is_a_set_has_one_text_in_every_process() -> None:
    program = """
from pydantic import BaseModel
from brickline.contracts import reader_schema

class Tagged(BaseModel):
    plain: frozenset[str] = frozenset({"a", "b", "c", "d"})
    within: tuple[frozenset[str], ...] = (frozenset({"a", "b", "c", "d"}),)

print(reader_schema(Tagged).digest)
"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(digests) == 1


def in_a_line() -> Callable[[str], str]:
    def trimmed(text: str) -> str:
        return text.replace(" ", "")

    return trimmed


def laid_out() -> Callable[[str], str]:
    def trimmed(text: str) -> str:
        """Say what it does."""
        return text.replace(  # and once more
            " ",
            "",
        )

    return trimmed


def doing_something_else() -> Callable[[str], str]:
    def trimmed(text: str) -> str:
        return text.replace("", "")

    return trimmed


def code_of(function: Callable[[str], str]) -> str:
    document = reader_schema(create_model("Made", a=(Annotated[str, AfterValidator(function)], ...))).document
    (check,) = document["$defs"]["Made"]["properties"]["a"]["x-checks"]
    return str(check).rpartition("#")[2]


def test_of_a_validator_the_code_counts_and_not_how_it_is_laid_out() -> None:
    assert code_of(in_a_line()) == code_of(laid_out())


def test_in_the_code_of_a_validator_each_space_of_a_text_counts() -> None:
    assert code_of(in_a_line()) != code_of(doing_something_else())


def with_helper(space: str) -> Callable[[str], str]:
    """Make a function of a module of its own, in which it calls another one."""
    module: dict[str, Any] = {"__name__": "made.here"}
    linecache.cache[f"made{space!r}"] = (
        0,
        None,
        MODULE.format(space=space).splitlines(True),
        f"made{space!r}",
    )
    exec(compile(MODULE.format(space=space), f"made{space!r}", "exec"), module)
    return cast(Callable[[str], str], module["trimmed"])


MODULE = """
SPACE = {space!r}

def within(text):
    return "".join(letter for letter in text if letter not in SPACE or trimmed(""))

def trimmed(text):
    return within(text)
"""


def test_a_helper_of_a_validator_and_the_values_that_it_names_count() -> None:
    assert code_of(with_helper(" ")) == code_of(with_helper(" "))
    assert code_of(with_helper(" ")) != code_of(with_helper("_"))
