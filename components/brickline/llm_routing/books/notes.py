"""What the ledger is told of a call beside its money, as JSON."""

from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue

from brickline.budget import Entry
from brickline.llm_routing.provider import ProviderResponse
from brickline.persistence import storable


class CallNote(BaseModel):
    """What is known of a call: the first six when it is opened, the others when it has ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task: str = ""
    version: int = 0
    provider: str = ""
    model_id: str = ""
    text: str = ""
    """The digest of the text."""
    degraded: bool = False
    repaired: bool = False
    answered_by: str | None = None
    """The exact model, as its provider names it."""
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    detail: str | None = None
    """What went wrong; None for an answer."""
    gave_up: bool = False
    """The last answer that was asked for in vain."""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read it back."""
        return cls.model_validate(entry.note)


def ended(
    response: ProviderResponse | None,
    seconds: float,
    *,
    detail: str | None = None,
    repaired: bool = False,
    gave_up: bool = False,
) -> dict[str, JsonValue]:
    """Return what is to be told of a call that has ended."""
    usage = response.usage if response else None
    return {
        "answered_by": storable(response.model) if response else None,
        "input_tokens": usage.input_tokens if usage else 0,
        "output_tokens": usage.output_tokens if usage else 0,
        "seconds": round(seconds, 4),
        "detail": storable(detail) if detail is not None else None,
        "repaired": repaired,
        "gave_up": gave_up,
    }
