"""A schema says all that decides whether a document is read, and says it in one form."""

import linecache
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Annotated, Any, cast

import pytest
from pydantic import (
    AfterValidator,
    AliasPath,
    BaseModel,
    Field,
    PlainSerializer,
    create_model,
    model_validator,
)

from brickline.contracts import Schema, UnreadableSchema, UnrepresentableModel, reader_schema, writer_schema


class Forward(BaseModel):
    missing: "Nowhere"  # type: ignore[name-defined]  # noqa: F821  # the point of the test


class Unformed(BaseModel):
    call: Callable[[], None]


class Deep(BaseModel):
    inner: Annotated[int, Field(validation_alias=AliasPath("a", "b"))]


class Strange:
    pass


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
    silent = create_model("Made", a=(Annotated[int, PlainSerializer(lambda value: value)], ...))
    assert writer_schema(silent).document["$defs"]["Made"]["properties"]["a"] == {}


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
