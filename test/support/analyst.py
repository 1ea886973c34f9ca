"""A model that finds in each text what a test can tell it by, and does what the test tells it."""

import json
from decimal import Decimal

from brickline.llm_routing import (
    Capability,
    Model,
    ProviderKind,
    ProviderRefused,
    ProviderRequest,
    ProviderResponse,
    ProviderUnavailable,
    Usage,
)


class Analyst:
    """A provider that keeps what it was asked."""

    def __init__(self, name: str = "analyst") -> None:
        self.name = name
        self.model = f"{name}/1"
        self.asked: list[str] = []
        """The texts that it was given, corrections aside."""
        self.down = False
        self.refusing = False
        self.refused = ""
        """What it refuses to read."""
        self.careless = False
        """Whether its first answer to each text is wrong."""
        self.usage = Usage(100, 10)

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        if not request.corrections:
            self.asked.append(request.text)
        if self.down:
            raise ProviderUnavailable(self.name, "down for the test")
        if self.refusing or (self.refused and self.refused in request.text):
            raise ProviderRefused(self.name, "not this one")
        answer = {"summary": f"Says {request.text[:60]}.", "themes": ["shared", request.text[:30].strip()]}
        if self.careless and not request.corrections:
            answer = {}
        return ProviderResponse(json.dumps(answer), self.model, self.usage)


def analyst_model(
    name: str = "analyst", *, usd_per_mtok: float = 0, context_tokens: int = 1_000_000, quality: float = 0.8
) -> Model:
    """An entry of the models file for one."""
    return Model(
        name,
        ProviderKind.OPENAI_COMPATIBLE,
        f"{name}/1",
        base_url="http://127.0.0.1:9/v1",
        input_price=Decimal(str(usd_per_mtok)),
        output_price=Decimal(str(usd_per_mtok)),
        context_tokens=context_tokens,
        quality={"insights": quality},
        capabilities=frozenset(Capability),
    )
