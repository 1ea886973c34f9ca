"""Everything that can go wrong between a task and its validated output.

Two families, because that is what a consumer decides on: the same call may succeed later
(`TransientLLMError`), or it never will (`PermanentLLMError`).
"""

from collections.abc import Sequence


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
    """Raised by a provider that cannot answer now: unreachable, overloaded, rate-limited or too slow."""

    def __init__(self, provider: str, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{provider} cannot answer now: {reason}")
        self.provider = provider
        self.reason = reason
        self.retry_after_s = retry_after_s


class NoProvider(TransientLLMError):
    """Raised when nothing is left to ask: every provider was unavailable, or none is configured.

    It says nothing about the document, so a consumer should wait rather than use up its attempts.
    `retry_after_s` is the shortest wait that any of the failed providers asked for.
    """

    def __init__(self, task: str, failures: Sequence[ProviderUnavailable]) -> None:
        reasons = "; ".join(str(failure) for failure in failures) or "none is configured, so add one"
        super().__init__(f"no provider can take task '{task}': {reasons}")
        self.task = task
        self.failures = tuple(failures)
        waits = [failure.retry_after_s for failure in failures if failure.retry_after_s is not None]
        self.retry_after_s = min(waits, default=None)


class ProviderRefused(PermanentLLMError):
    """Raised by a provider that will not or cannot do this task, whenever it is asked."""

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"{provider} refused: {reason}")
        self.provider = provider
        self.reason = reason


class InvalidOutput(PermanentLLMError):
    """Raised when an answer does not fit the task's output model, or is longer than the task allows."""

    def __init__(self, task: str, model: str, problem: str) -> None:
        super().__init__(f"the answer of {model} does not fit the output of task '{task}': {problem}")
        self.task = task
        self.model = model
        self.problem = problem
