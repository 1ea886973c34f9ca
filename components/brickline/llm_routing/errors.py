"""Everything that can go wrong between a task and its validated output.

Three families, because that is what a consumer decides on: the same call may succeed later
(`TransientLLMError`), it never will (`PermanentLLMError`), or it has a time to wait for (`LLMDeferred`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from brickline.llm_routing.provider import Usage

if TYPE_CHECKING:
    from brickline.llm_routing.choosing.decision import Exclusion


class LLMError(Exception):
    """The root of every error of this brick."""


class InvalidTask(LLMError):
    """Raised where a task is defined, when it could never be answered within bounds."""


class TransientLLMError(LLMError):
    """The same call may succeed later; `retry_after_s` is the provider's own advice in seconds, if any."""

    retry_after_s: float | None = None


class PermanentLLMError(LLMError):
    """The same call will fail in the same way however often it is repeated."""


class ProviderUnavailable(TransientLLMError):
    """Raised by a provider that cannot answer now: unreachable, overloaded, rate-limited or too slow.

    `maybe_billed` where the request may have been worked on: nothing, or nothing readable, came back after it
    had been sent.
    """

    def __init__(
        self,
        provider: str,
        reason: str,
        retry_after_s: float | None = None,
        *,
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(f"{provider} cannot answer now: {reason}")
        self.provider = provider
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.maybe_billed = maybe_billed


class NoProvider(TransientLLMError):
    """Raised when nothing is left to ask: every model was excluded or unavailable, or there is none.

    It says nothing about the document, so a consumer should wait rather than use up its attempts.
    `retry_after_s` is the shortest wait that any of the failed providers asked for.
    """

    def __init__(
        self, task: str, failures: Sequence[ProviderUnavailable] = (), excluded: "Sequence[Exclusion]" = ()
    ) -> None:
        reasons = [*map(str, failures), *(f"{each.name}: {each.reason}" for each in excluded)]
        super().__init__(
            f"no model can take task '{task}': {'; '.join(reasons) or 'none is configured, so add one'}"
        )
        self.task = task
        self.failures = tuple(failures)
        waits = [failure.retry_after_s for failure in failures if failure.retry_after_s is not None]
        self.retry_after_s = min(waits, default=None)


class LLMDeferred(LLMError):
    """The call may be made at `until`, and not before."""

    waiting_for: ClassVar[str]
    """What it waits for, in a word or two that its user understands."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class WaitingForBudget(LLMDeferred):
    """Raised when a limit is spent, and the policy is to wait for the next window."""

    waiting_for = "budget"


class WaitingForHolds(LLMDeferred):
    """Raised when only what other calls hold is in the way; it will soon be spent or free again."""

    waiting_for = "other calls"


class CallInFlight(LLMDeferred):
    """Raised when another worker has this very call in hand, or had it and died a moment ago."""

    waiting_for = "another worker"


class RateLimited(LLMDeferred):
    """Raised when every model that is left has reached the requests or tokens of its minute."""

    waiting_for = "rate limit"


class ProviderRefused(PermanentLLMError):
    """Raised by a provider that will not or cannot do this task with this text, whenever it is asked.

    `usage` is what the refusal is charged for; None: nothing.
    """

    def __init__(self, provider: str, reason: str, *, usage: Usage | None = None) -> None:
        super().__init__(f"{provider} refused: {reason}")
        self.provider = provider
        self.reason = reason
        self.usage = usage


class InvalidOutput(PermanentLLMError):
    """Raised when an answer does not fit the task's output model, or is longer than the task allows."""

    def __init__(self, task: str, model: str, problem: str) -> None:
        super().__init__(f"the answer of {model} does not fit the output of task '{task}': {problem}")
        self.task = task
        self.model = model
        self.problem = problem


class BudgetRefused(PermanentLLMError):
    """Raised when a limit is spent, and the policy is to refuse."""


class TextTooLong(PermanentLLMError):
    """Raised when a text is over the context of every model that could take it otherwise."""


class AmbiguousCall(PermanentLLMError):
    """Raised instead of a second call where a first may have been billed and its answer was lost.

    The most that it can have cost stays held. An operator settles it, or the models file says
    `on_ambiguous = "retry"`.
    """
