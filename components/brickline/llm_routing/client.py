"""The one way a brick asks a model for something."""

import asyncio
import time
from collections.abc import Sequence

from pydantic import ValidationError

from brickline.llm_routing.answer import Answer
from brickline.llm_routing.call import Call
from brickline.llm_routing.errors import InvalidOutput, LLMError, NoProvider, ProviderUnavailable
from brickline.llm_routing.provider import Provider, ProviderRequest, ProviderResponse
from brickline.llm_routing.task import OutputT, Task

# Tokens of natural text hold about four bytes, the longest common ones sixteen: past this, a provider has
# ignored the limit it was given.
_MAX_BYTES_PER_TOKEN = 16
_PROBLEMS_SHOWN = 3


class LLMClient:
    """Asks `providers` in order, moving on when one is unavailable, and validates what comes back."""

    def __init__(self, providers: Sequence[Provider], *, timeout_s: float = 60.0) -> None:
        self._providers = tuple(providers)
        self._timeout_s = timeout_s

    async def generate(self, task: Task[OutputT], text: str, call: Call) -> OutputT:
        """The output of `task` for `text`; raises as `answer` does."""
        return (await self.answer(task, text, call)).output

    async def answer(self, task: Task[OutputT], text: str, call: Call) -> Answer[OutputT]:
        """The output of `task` for `text`, with the model, time and tokens it took.

        Raises `NoProvider` when all are unavailable, `ProviderRefused` as soon as one refuses (another would
        be asked the same), and `InvalidOutput` when the answer is too long or not what the task describes.
        """
        try:
            return await self._first_answer(task, text)
        except LLMError as error:
            error.add_note(f"in step '{call.step}' of event {call.event_id}, trace {call.trace_id}")
            raise

    async def _first_answer(self, task: Task[OutputT], text: str) -> Answer[OutputT]:
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
            started = time.perf_counter()
            try:
                response = await _complete(provider, request)
            except ProviderUnavailable as failure:
                failures.append(failure)
                continue
            seconds = time.perf_counter() - started
            output = _validated(task, response)
            return Answer(output, response.model, seconds, response.input_tokens, response.output_tokens)
        raise NoProvider(task.name, failures) from (failures[-1] if failures else None)


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
