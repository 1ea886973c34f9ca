"""What the client asks of anything that can complete a task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pydantic import JsonValue

JsonSchema: TypeAlias = Mapping[str, JsonValue]
"""A JSON Schema, draft 2020-12, as pydantic writes it for validation."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a provider metered, and charges for."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier answer of the same model that was not accepted, to be put right."""

    answer: str
    problems: str
    """What is wrong with it, each problem with its place."""


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One task applied to one text, in terms that any vendor's API can be given."""

    task: str
    """The task's name, for messages and logs."""
    instructions: str
    text: str
    schema: JsonSchema
    """What the answer has to validate against; every string and array in it is bounded."""
    max_output_tokens: int
    timeout_s: float
    corrections: tuple[Correction, ...] = ()
    """What the model answered before, oldest first."""


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """What a provider gave back, not yet validated."""

    text: str
    """The answer as JSON text."""
    model: str
    """The exact model that answered; it is shown to whoever reads the result."""
    usage: Usage | None
    """None where the provider does not tell; then the most that it can have been is charged."""
    truncated: bool = False
    """The answer ends because `max_output_tokens` were reached."""


class Provider(Protocol):
    """Anything that can complete a task: a vendor's API, a local model, an extractive algorithm.

    `complete` makes one attempt: retries are the client's business. It raises `ProviderUnavailable` or
    `ProviderRefused` and nothing else, and it never blocks the event loop.
    """

    @property
    def name(self) -> str:
        """A short stable name, such as "extractive"."""
        ...

    @property
    def model(self) -> str:
        """The model it asks for."""
        ...

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        """Answer `request` within its `timeout_s`."""
        ...
