"""The one way a brick asks a model for something."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import ValidationError

from brickline.llm_routing.answer import Answer
from brickline.llm_routing.call import Call
from brickline.llm_routing.call_log import CallLog, CallOutcome, CallRecord
from brickline.llm_routing.errors import (
    InvalidOutput,
    LLMError,
    NoProvider,
    ProviderRefused,
    ProviderUnavailable,
)
from brickline.llm_routing.provider import Provider, ProviderRequest, ProviderResponse
from brickline.llm_routing.task import OutputT, Task

# Tokens of natural text hold about four bytes, the longest common ones sixteen: past this, a provider has
# ignored the limit it was given.
_MAX_BYTES_PER_TOKEN = 16
_PROBLEMS_SHOWN = 3
_OUTCOMES = {
    ProviderUnavailable: CallOutcome.UNAVAILABLE,
    ProviderRefused: CallOutcome.REFUSED,
    InvalidOutput: CallOutcome.INVALID,
}


class LLMClient:
    """Asks `providers` in order, moving on when one is unavailable, and validates what comes back.

    Every call of a provider leaves a record in `log`, if there is one.
    """

    def __init__(
        self, providers: Sequence[Provider], *, timeout_s: float = 60.0, log: CallLog | None = None
    ) -> None:
        self._providers = tuple(providers)
        self._timeout_s = timeout_s
        self._log = log

    async def generate(self, task: Task[OutputT], text: str, call: Call) -> OutputT:
        """The output of `task` for `text`; raises as `answer` does."""
        return (await self.answer(task, text, call)).output

    async def answer(self, task: Task[OutputT], text: str, call: Call) -> Answer[OutputT]:
        """The output of `task` for `text`, with the model, time and tokens it took.

        Raises `NoProvider` when all are unavailable, `ProviderRefused` as soon as one refuses (another would
        be asked the same), and `InvalidOutput` when the answer is too long or not what the task describes.
        """
        try:
            return await self._first_answer(task, text, call)
        except LLMError as error:
            error.add_note(f"in step '{call.step}' of event {call.event_id}, trace {call.trace_id}")
            raise

    async def _first_answer(self, task: Task[OutputT], text: str, call: Call) -> Answer[OutputT]:
        request = ProviderRequest(
            task=task.name,
            instructions=task.instructions,
            text=text,
            schema=task.schema,
            max_output_tokens=task.max_output_tokens,
            timeout_s=self._timeout_s,
        )
        failures: list[ProviderUnavailable] = []
        for provider in self._providers:
            attempt = _Attempt(provider, task.name, call)
            try:
                return await self._answered(attempt, task, request)
            except ProviderUnavailable as failure:
                failures.append(failure)
        raise NoProvider(task.name, failures) from (failures[-1] if failures else None)

    async def _answered(
        self, attempt: "_Attempt", task: Task[OutputT], request: ProviderRequest
    ) -> Answer[OutputT]:
        """Have one provider asked, and keep a record of how that ended."""
        try:
            response = await attempt.complete(request)
            output = _validated(task, response)
        except Exception as error:
            await self._keep(attempt.record(_outcome(error), str(error) or type(error).__name__))
            raise
        await self._keep(attempt.record(CallOutcome.ANSWERED))
        return Answer(output, response.model, attempt.seconds, response.input_tokens, response.output_tokens)

    async def _keep(self, record: CallRecord) -> None:
        if self._log is not None:
            await self._log.add(record)


class _Attempt:
    """One provider being asked once."""

    def __init__(self, provider: Provider, task: str, call: Call) -> None:
        self._provider = provider
        self._task = task
        self._call = call
        self._began_at = datetime.now(UTC)
        self._started = time.perf_counter()
        self._response: ProviderResponse | None = None
        self.seconds = 0.0

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        try:
            self._response = await _complete(self._provider, request)
        finally:
            self.seconds = time.perf_counter() - self._started
        return self._response

    def record(self, outcome: CallOutcome, detail: str | None = None) -> CallRecord:
        call, response = self._call, self._response
        return CallRecord(
            tenant=call.tenant,
            trace_id=call.trace_id,
            event_id=call.event_id,
            step=call.step,
            task=self._task,
            provider=self._provider.name,
            model=response.model if response else self._provider.model,
            outcome=outcome,
            detail=detail,
            began_at=self._began_at,
            duration_ms=self.seconds * 1000,
            input_tokens=response.input_tokens if response else 0,
            output_tokens=response.output_tokens if response else 0,
        )


def _outcome(error: Exception) -> CallOutcome:
    return next(
        (outcome for kind, outcome in _OUTCOMES.items() if isinstance(error, kind)), CallOutcome.FAILED
    )


async def _complete(provider: Provider, request: ProviderRequest) -> ProviderResponse:
    try:
        async with asyncio.timeout(request.timeout_s):
            return await provider.complete(request)
    except TimeoutError as error:
        raise ProviderUnavailable(provider.name, f"no answer within {request.timeout_s:g} s") from error


def _validated(task: Task[OutputT], response: ProviderResponse) -> OutputT:
    limit = task.max_output_tokens * _MAX_BYTES_PER_TOKEN
    if len(response.text.encode(errors="surrogatepass")) > limit:
        raise InvalidOutput(task.name, response.model, f"it is longer than {limit} bytes")
    try:
        return task.output.model_validate_json(response.text)
    except ValidationError as error:
        raise InvalidOutput(task.name, response.model, _problems(error)) from error


def _problems(error: ValidationError) -> str:
    """The first few problems, each with its place; never the answer itself, which may quote the document."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    shown = [
        f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
        for item in found[:_PROBLEMS_SHOWN]
    ]
    more = len(found) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
