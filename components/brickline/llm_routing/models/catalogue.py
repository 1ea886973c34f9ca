"""The models there are, and how one is chosen among them."""

import math
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

from brickline.llm_routing.models.catalogue_errors import InvalidCatalogue
from brickline.llm_routing.models.model import Model, ProviderKind

Semantic: TypeAlias = Literal["off", "shadow", "on"]
"""Whether answers to similar texts are looked for, and whether they are used."""

_HEAVIEST = 1000.0


class WhenSpent(StrEnum):
    """What becomes of a call that its budget's spend leaves no room for."""

    DEGRADE = "degrade"
    """A cheaper or a local model takes it, and the result says so."""
    DEFER = "defer"
    """It waits for the budget's next window."""
    REFUSE = "refuse"


class OnAmbiguous(StrEnum):
    """What becomes of a call that may have been made, and whose answer nobody has."""

    HOLD = "hold"
    """It is not made again before somebody has looked; what it may have cost stays held."""
    RETRY = "retry"
    """It is made again, and so may be paid twice."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each score counts; raises `InvalidCatalogue` for weights that rank nothing."""

    cost: float = 0.5
    latency: float = 0.2
    quality: float = 0.3

    def __post_init__(self) -> None:
        for name in ("cost", "latency", "quality"):
            weight = getattr(self, name)
            if not (math.isfinite(weight) and 0 <= weight <= _HEAVIEST):
                raise InvalidCatalogue(f"weight {name} is {weight:g}; it is from 0 to {_HEAVIEST:g}")
        if not self.cost + self.latency + self.quality:
            raise InvalidCatalogue("the weights are all zero, so no model ranks before another: raise one")

    @property
    def shares(self) -> tuple[float, float, float]:
        """Cost, latency and quality as shares of 1."""
        total = self.cost + self.latency + self.quality
        return self.cost / total, self.latency / total, self.quality / total


@dataclass(frozen=True, slots=True)
class Routing:
    """How models are chosen and calls are made, whatever the task."""

    weights: Weights = Weights()
    when_spent: WhenSpent = WhenSpent.DEGRADE
    on_ambiguous: OnAmbiguous = OnAmbiguous.HOLD
    cache: bool = True
    """Whether the same question again is answered with the same answer."""
    cache_days: float = 7.0
    semantic: Semantic = "off"

    @property
    def cache_for(self) -> timedelta:
        """How long an answer serves equal questions, where the cache is on."""
        return timedelta(days=self.cache_days)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a models file says; the models in its order, which breaks ties."""

    routing: Routing = Routing()
    models: tuple[Model, ...] = field(default=())

    def named(self, name: str) -> Model | None:
        """Return the model of that name, if there is one."""
        return next((model for model in self.models if model.name == name), None)


DEFAULT_CATALOGUE = Catalogue(
    models=(
        Model(
            "extractive",
            ProviderKind.EXTRACTIVE,
            "extractive",
            input_price=Decimal(0),
            output_price=Decimal(0),
            context_tokens=1_000_000,
            quality={"insights": 0.3},
            capabilities=ProviderKind.EXTRACTIVE.capabilities,
        ),
    )
)
"""What a service uses without a models file: works offline, costs nothing."""
