"""What a client keeps in mind of its models from one call to the next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.states.shared_states import ModelStates

__all__ = ["ModelStates", "NoStates", "States"]


class States(Protocol):
    """What the client tells of each call, and asks before it."""

    @property
    def snapshot(self) -> Mapping[str, ModelState]:
        """What is known by name of model, without I/O."""
        ...

    def took(self, name: str, seconds: float) -> None:
        """Count an answer that took so long."""
        ...

    async def succeeded(self, name: str) -> None:
        """Count an answer of any kind: the model works."""
        ...

    async def failed(self, name: str, reason: str, retry_after_s: float | None = None) -> None:
        """Count a call that the model could not take; `retry_after_s` is its provider's own advice."""
        ...

    async def may_try(self, name: str) -> bool:
        """Whether to call the model now."""
        ...

    async def take_turn(self, name: str, rpm: int | None, tpm: int | None, tokens: int) -> float:
        """Take a call with so many tokens off the limits; return the seconds to wait if there is no room."""
        ...


class NoStates:
    """Knows nothing and limits nothing."""

    snapshot: Mapping[str, ModelState] = MappingProxyType({})

    def took(self, name: str, seconds: float) -> None:
        """Forget it."""

    async def succeeded(self, name: str) -> None:
        """Forget it."""

    async def failed(self, name: str, reason: str, retry_after_s: float | None = None) -> None:
        """Forget it."""

    async def may_try(self, name: str) -> bool:
        """Always."""
        return True

    async def take_turn(self, name: str, rpm: int | None, tpm: int | None, tokens: int) -> float:
        """Never wait."""
        return 0.0
