"""A request as the turns of a conversation, which is how every vendor wants it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import JsonValue

from brickline.llm_routing import ProviderRequest

Role: TypeAlias = Literal["user", "assistant"]

# Vendors refuse a turn without text.
_NOTHING = "(empty)"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says; it is never blank."""

    role: Role
    text: str


def turns(request: ProviderRequest) -> tuple[Turn, ...]:
    """The document, then each earlier answer with what was wrong with it: the last word is the user's."""
    found = [Turn("user", _said(request.text))]
    for correction in request.corrections:
        found.append(Turn("assistant", _said(correction.answer)))
        found.append(
            Turn("user", f"That answer was not accepted: {_said(correction.problems)}\nGive all of it again.")
        )
    return tuple(found)


def messages(request: ProviderRequest) -> list[JsonValue]:
    """The turns as OpenAI and Anthropic take them."""
    return [{"role": turn.role, "content": turn.text} for turn in turns(request)]


def instructions(request: ProviderRequest) -> str:
    """The task's instructions as they can be sent."""
    return _said(request.instructions)


def _said(text: str) -> str:
    """`text` without lone surrogates, which no encoder takes."""
    return text.encode(errors="replace").decode() if text.strip() else _NOTHING
