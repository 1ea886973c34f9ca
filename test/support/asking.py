"""A task, models with scripted providers, and a client of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from brickline.llm_routing import (
    Capability,
    LLMClient,
    Model,
    ModelPool,
    Provider,
    ProviderKind,
    ProviderRequest,
    ProviderResponse,
    Routing,
    Task,
    Usage,
    Weights,
)


class Mood(BaseModel):
    model_config = ConfigDict(frozen=True)

    word: str = Field(max_length=20)
    strength: int = Field(ge=0, le=10)


MOOD = Task(name="mood", version=1, instructions="Name the mood.", output=Mood, max_output_tokens=20)
CALM = '{"word": "calm", "strength": 2}'
WRONG = '{"word": "calm", "strength": 11}'
TEXT = "Still water."


@dataclass(frozen=True)
class StepCall:
    tenant: str = "default"
    event_id: UUID = field(default_factory=uuid4)
    step: str = "mood"
    trace_id: str = "c0ffee" + "0" * 26


METERED = Usage(7, 3)
Outcome = str | Exception | ProviderResponse


class Scripted:
    """A provider that does what it is told, the last thing again and again, and keeps what it was asked."""

    def __init__(
        self,
        *outcomes: Outcome,
        name: str = "scripted",
        delay_s: float = 0,
        usage: Usage | None = METERED,
    ) -> None:
        self.name = name
        self.model = f"{name}-1"
        self.asked: list[ProviderRequest] = []
        self.heard = asyncio.Event()
        self._outcomes = list(outcomes)
        self._delay_s = delay_s
        self._usage = usage

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        self.asked.append(request)
        self.heard.set()
        await asyncio.sleep(self._delay_s)
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, ProviderResponse):
            return outcome
        return ProviderResponse(outcome, self.model, self._usage)


def model_named(name: str = "scripted", *, usd_per_mtok: str = "0", **changes: Any) -> Model:
    """A model that costs as much for a million tokens, in and out."""
    price = Decimal(usd_per_mtok)
    made = Model(
        name,
        ProviderKind.OPENAI_COMPATIBLE,
        f"{name}-1",
        input_price=price,
        output_price=price,
        context_tokens=100_000,
        base_url="http://127.0.0.1:9/v1",
        capabilities=frozenset(Capability),
    )
    return replace(made, **changes)


IN_ORDER = Routing(weights=Weights(cost=0, latency=0, quality=1))
"""With models of equal quality: the order in which they are given."""


def pool_of(*providers: Provider | tuple[Model, Provider], routing: Routing = IN_ORDER) -> ModelPool:
    """The providers as models, in order of preference; free where no model is given."""
    pairs: Sequence[tuple[Model, Provider]] = [
        each if isinstance(each, tuple) else (model_named(each.name), each) for each in providers
    ]
    return ModelPool.fixed(pairs, routing)


def client_of(
    *providers: Provider | tuple[Model, Provider], routing: Routing = IN_ORDER, **parts: Any
) -> LLMClient:
    """A client of such a pool; `parts` are its ledger and states."""
    return LLMClient(pool_of(*providers, routing=routing), **parts)
