from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from brickline.llm_routing import InvalidTask, Task

Short = Annotated[str, Field(max_length=50)]


class Colour(Enum):
    RED = "red"


class Part(BaseModel):
    label: Short


class Bounded(BaseModel):
    text: Short
    parts: tuple[Part, ...] = Field(max_length=4)
    maybe: Short | None = None
    kind: Literal["a", "b"]
    colour: Colour
    id: UUID
    counts: dict[Short, int] = Field(max_length=3)


def define(
    output: type[BaseModel], name: str = "t", version: int = 1, instructions: str = "Do it.", tokens: int = 10
) -> Task[BaseModel]:
    return Task(name, version, instructions, output, max_output_tokens=tokens)


def test_a_task_carries_the_schema_of_its_output() -> None:
    assert define(Bounded).schema == Bounded.model_json_schema()


class FreeText(BaseModel):
    text: str


class FreeList(BaseModel):
    items: list[int]


class FreeItem(BaseModel):
    items: list[str] = Field(max_length=3)


class FreeMapping(BaseModel):
    items: dict[str, int]


class FreeUnion(BaseModel):
    text: str | None


class FreeNested(BaseModel):
    part: FreeText


class Anything(BaseModel):
    thing: object


@pytest.mark.parametrize(
    ("output", "place"),
    [
        (FreeText, r"\$\.text"),
        (FreeList, r"\$\.items"),
        (FreeItem, r"\$\.items\[\]"),
        (FreeMapping, r"\$\.items"),
        (FreeUnion, r"\$\.text"),
        (FreeNested, r"\$\.FreeText\.text"),
        (Anything, r"\$\.thing"),
    ],
)
def test_an_output_without_an_upper_bound_is_refused_with_its_place(
    output: type[BaseModel], place: str
) -> None:
    with pytest.raises(InvalidTask, match=rf"no upper bound at {place};"):
        define(output)


@pytest.mark.parametrize(
    ("name", "version", "instructions", "tokens"),
    [(" ", 1, "Do it.", 10), ("t", 0, "Do it.", 10), ("t", 1, "", 10), ("t", 1, "Do it.", 0)],
)
def test_a_task_with_a_senseless_limit_is_refused(
    name: str, version: int, instructions: str, tokens: int
) -> None:
    with pytest.raises(InvalidTask):
        define(Bounded, name, version, instructions, tokens)


def test_tasks_that_say_the_same_are_equal_and_hashable() -> None:
    assert define(Bounded) == define(Bounded)
    assert len({define(Bounded), define(Bounded), define(Bounded, version=2)}) == 2
