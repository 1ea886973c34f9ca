from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from brickline.llm_providers.over_http.schema_fit import Dialect, fit

STRICT = Dialect(keeps=frozenset({"maxItems"}), all_required=True)
OPEN = Dialect(keeps=frozenset({"maxItems"}), closed=False)


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str = Field(max_length=9, pattern="^[A-Z]")


class Dog(BaseModel):
    kind: Literal["dog"]
    age: int = Field(ge=0, lt=30, default=1)


class Pets(BaseModel):
    """Who lives here."""

    pets: list[Cat | Dog] = Field(max_length=3)
    best: Cat | None = None
    title: str = Field(max_length=5)


class Free(BaseModel):
    names: dict[str, int]


class Pair(BaseModel):
    pair: tuple[int, str]


class Tagged(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")


def test_bounds_without_a_keyword_are_said_in_words() -> None:
    fitted = fit(Cat.model_json_schema(), STRICT)
    assert fitted == {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["cat"]},
            "name": {"type": "string", "description": "(at most 9 characters, matching ^[A-Z])"},
        },
        "required": ["kind", "name"],
        "additionalProperties": False,
    }


def test_a_property_named_as_a_keyword_stays_a_property() -> None:
    fitted = fit(Pets.model_json_schema(), STRICT)
    assert fitted is not None
    assert set(fitted["properties"]) == {"pets", "best", "title"}  # type: ignore[arg-type]
    assert fitted["required"] == ["pets", "best", "title"]
    assert fitted["description"] == "Who lives here."


def test_defaults_are_kept_optional_unless_everything_is_required() -> None:
    assert fit(Dog.model_json_schema(), OPEN)["required"] == ["kind"]  # type: ignore[index]
    assert fit(Dog.model_json_schema(), STRICT)["required"] == ["kind", "age"]  # type: ignore[index]


def test_a_choice_by_a_tag_is_a_choice() -> None:
    fitted = fit(Tagged.model_json_schema(), STRICT)
    assert fitted is not None
    choice = fitted["properties"]["pet"]  # type: ignore[index,call-overload]
    assert choice == {"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}


@pytest.mark.parametrize("output", [Free, Pair])
def test_what_a_dialect_cannot_say_does_not_fit(output: type[BaseModel]) -> None:
    assert fit(output.model_json_schema(), STRICT) is None


def test_a_free_form_object_fits_an_open_dialect() -> None:
    fitted = fit(Free.model_json_schema(), OPEN)
    assert fitted is not None
    assert fitted["properties"]["names"] == {"type": "object", "additionalProperties": {"type": "integer"}}  # type: ignore[index,call-overload]


def test_an_object_that_ignores_what_it_does_not_know_is_closed_to_a_writer() -> None:
    class Loose(BaseModel):
        model_config = ConfigDict(extra="allow")

        name: str = Field(max_length=3)

    fitted = fit(Loose.model_json_schema(), OPEN)
    assert fitted is not None
    assert fitted["additionalProperties"] is False
