"""A witness is small, the same each time, and judged by the real model where there is one."""

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, Field, create_model

from brickline.contracts import (
    Contract,
    NoExample,
    Proof,
    Rule,
    Schema,
    compare,
    reader_schema,
    writer_schema,
)
from brickline.contracts.witness.patterns import matching


def contract(made: type[BaseModel]) -> Contract:
    return Contract("topic", 1, writer_schema(made), reader_schema(made))


class Part(BaseModel):
    name: Annotated[str, Field(min_length=1)]
    note: str | None = None


old = create_model("Old", parts=(list[Part], ...), at=(Literal["a", "b"], "a"), n=(int, ...))
new = create_model(
    "New", parts=(Annotated[list[Part], Field(max_length=1)], ...), at=(Literal["a"], "a"), n=(int, ...)
)


def test_a_witness_holds_what_is_required_and_what_breaks() -> None:
    documents = [
        broken.witness.document for broken in compare(contract(old), contract(new)).breaks if broken.witness
    ]
    assert documents == [
        {"parts": [], "n": 0, "at": "b"},
        {"parts": [{"name": "a"}, {"name": "a"}], "n": 0},
    ]


def test_two_comparisons_say_the_same() -> None:
    assert compare(contract(old), contract(new)) == compare(contract(old), contract(new))


def test_without_a_model_the_schema_judges() -> None:
    assert {
        broken.witness.proof for broken in compare(contract(old), contract(new)).breaks if broken.witness
    } == {Proof.SCHEMA}


def test_the_real_model_has_the_last_word() -> None:
    lenient = create_model("New", n=(Annotated[int, BeforeValidator(lambda value: len(str(value)))], ...))
    verdict = compare(
        contract(create_model("Old", n=(str, ...))), contract(lenient), new_model=lenient.model_validate_json
    )
    (broken,) = [each for each in verdict.breaks if each.direction == "backward"]
    assert broken.rule is Rule.NOT_UNDERSTOOD
    assert broken.witness is not None
    assert broken.witness.proof is Proof.NONE
    assert broken.witness.document == {"n": ""}


def test_the_complaint_of_the_real_model_is_kept() -> None:
    verdict = compare(contract(old), contract(new), new_model=new.model_validate_json)
    assert [broken.witness.complaint for broken in verdict.breaks if broken.witness] == [
        "at: Input should be 'a'",
        "parts: List should have at most 1 item after validation, not 2",
    ]


def test_a_word_that_is_not_known_is_refused() -> None:
    made = contract(create_model("Made", n=(int, ...)))
    text = made.reader.text.replace('"type":"integer"', '"not":{"const":3},"type":"integer"')
    strange = Contract("topic", 1, made.writer, Schema.parse(text))
    (broken,) = compare(made, strange).breaks
    assert broken.rule is Rule.NOT_UNDERSTOOD
    assert "not" in broken.says


@pytest.mark.parametrize(
    "pattern",
    [
        "^a+$",
        "^[0-9a-f]{32}$",
        r"^\d{3}-\w+$",
        "^(GET|POST) /[a-z]*$",
        "[^a]x?",
        "^a{2,5}b*$",
        r"^\S+@\S+$",
        "",
    ],
)
def test_an_example_of_a_pattern_matches_it(pattern: str) -> None:
    assert re.search(pattern, matching(pattern))


@pytest.mark.parametrize("pattern", ["(", r"^(?=a)b$", r"^(a)\1$"])
def test_a_pattern_beyond_the_simple_ones_has_no_example(pattern: str) -> None:
    with pytest.raises(NoExample):
        matching(pattern)


def test_where_no_example_can_be_made_up_the_change_is_refused_without_one() -> None:
    hard: Any = Annotated[str, Field(pattern=r"^(one|two)\b.+$", min_length=40)]
    verdict = compare(
        contract(create_model("Old", n=(hard, ...))), contract(create_model("New", n=(int, ...)))
    )
    assert not verdict.backward
