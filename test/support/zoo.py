"""A pipeline whose payload has most of what a model can have: unions, tuples, sets, maps, recursion."""

from enum import Enum
from typing import Literal

from pydantic import BaseModel, Field

from brickline.contracts import Pipeline
from support.pipelines import group, payload, service


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    friend: "Dog | None" = None


class Colour(Enum):
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


PETS = payload(
    "pets.seen",
    {
        "pet": Cat | Dog,
        "first": Cat,
        "other": Dog | None,
        "place": tuple[float, float],
        "colours": frozenset[Colour],
        "notes": dict[str, list[Dog]],
    },
    pet=Field(discriminator="kind"),
    first=Field(description="The first one."),
    other=Field(default=None, description="Whoever is near."),
    colours=frozenset(Colour),
)


def zoo() -> Pipeline:
    """One service that sees pets, and one that hears of them."""
    seers, keepers = service("zoo", 0, publishes=(PETS,)), service("keeper", 1, group("keeper.pets", PETS))
    return Pipeline([seers, keepers], [PETS])
