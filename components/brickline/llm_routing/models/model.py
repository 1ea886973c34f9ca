"""A model that tasks can be routed to: who runs it, what it costs, what it is good at."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import lcm
from types import MappingProxyType

from brickline.llm_routing.models.capability import Capability
from brickline.llm_routing.models.catalogue_errors import InvalidCatalogue

_HIGHEST_PRICE = 1_000_000
_MOST_DECIMALS = 18
_QUALITY_NOT_STATED = 0.5
_QUALITY_OF_EXTRACTS = 0.2  # picks sentences and phrases; it understands nothing


class ProviderKind(StrEnum):
    """Who runs a model, and so which adapter talks to it."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    OPENAI_COMPATIBLE = "openai_compatible"
    """Anything that speaks OpenAI's chat completions at a URL of its own."""
    SMOLLM2 = "smollm2"
    """A small model in this process, offline."""
    EXTRACTIVE = "extractive"
    """No language model at all: picks from the text, offline."""

    @property
    def is_local(self) -> bool:
        """Whether it runs in this process, and so costs nothing."""
        return self in (ProviderKind.SMOLLM2, ProviderKind.EXTRACTIVE)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What its models can do where the models file does not say."""
        if self is ProviderKind.EXTRACTIVE:
            return frozenset({Capability.JSON_SCHEMA})
        return frozenset(Capability)


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the models file. Raises `InvalidCatalogue` for values that bound or rank nothing."""

    name: str
    """What the entry is called: in budgets, states and results."""
    provider: ProviderKind
    model: str
    """What the provider calls it."""
    _: KW_ONLY
    input_price: Decimal
    """Micro-dollars per token, which is US dollars per million tokens."""
    output_price: Decimal
    context_tokens: int
    """The most tokens of input and output together."""
    base_url: str | None = None
    api_key_env: str | None = None
    """The environment variable that holds the key; None: the provider's usual one, or no key."""
    quality: Mapping[str, float] = field(default_factory=dict, hash=False)
    """From 0 to 1, by name of task."""
    rpm: int | None = None
    """Calls a minute that all workers together may make; None: no limit."""
    tpm: int | None = None
    """Tokens a minute, in and out; None: no limit."""
    timeout_s: float = 60.0
    capabilities: frozenset[Capability] = frozenset()
    max_output_tokens: int | None = None
    """The most the provider lets one answer have; None: whatever a task asks for."""
    _rates: tuple[int, int, int] = field(init=False, repr=False, compare=False)
    """Input and output price as whole numbers, and what both are divided by."""

    def __post_init__(self) -> None:
        _require_price(self.name, "input_price", self.input_price)
        _require_price(self.name, "output_price", self.output_price)
        for task, quality in self.quality.items():
            if not 0 <= quality <= 1:
                raise InvalidCatalogue(
                    f"model '{self.name}': quality for {task} is {quality}, not from 0 to 1"
                )
        (inputs, in_parts), (outputs, out_parts) = (
            price.as_integer_ratio() for price in (self.input_price, self.output_price)
        )
        parts = lcm(in_parts, out_parts)
        object.__setattr__(
            self, "_rates", (inputs * (parts // in_parts), outputs * (parts // out_parts), parts)
        )
        object.__setattr__(self, "quality", MappingProxyType(dict(self.quality)))

    @property
    def is_free(self) -> bool:
        """Whether no call of it can cost anything."""
        return not self.input_price and not self.output_price

    def cost_micros(self, input_tokens: int, output_tokens: int) -> int:
        """Return what so many tokens cost in micro-dollars: exact, and then rounded up."""
        inputs, outputs, parts = self._rates
        return -(-(input_tokens * inputs + output_tokens * outputs) // parts)

    def quality_for(self, task: str) -> float:
        """Return its quality for the task of that name, or what it is taken for where none is stated."""
        stated = self.quality.get(task)
        if stated is not None:
            return stated
        return _QUALITY_OF_EXTRACTS if self.provider is ProviderKind.EXTRACTIVE else _QUALITY_NOT_STATED

    def output_limit(self, wanted: int) -> int:
        """Return how many tokens an answer may have where a task wants up to `wanted`."""
        return wanted if self.max_output_tokens is None else min(wanted, self.max_output_tokens)


def _require_price(model: str, name: str, price: Decimal) -> None:
    """Refuse what would make a bound meaningless, or its arithmetic endless."""
    exponent = price.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= price <= _HIGHEST_PRICE or exponent < -_MOST_DECIMALS:
        raise InvalidCatalogue(
            f"model '{model}': {name} is {price}; it is from 0 to {_HIGHEST_PRICE} dollars per million "
            f"tokens, with at most {_MOST_DECIMALS} decimals"
        )
