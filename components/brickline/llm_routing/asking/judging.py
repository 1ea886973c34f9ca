"""Deciding whether what a provider gave back is what the task describes."""

from dataclasses import dataclass
from typing import Any, Generic

from pydantic import ValidationError

from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.provider import ProviderResponse
from brickline.llm_routing.task import OutputT, Task

# Tokens of natural text hold about four bytes, the longest common ones sixteen: past this, a provider has
# ignored the limit it was given.
_MAX_BYTES_PER_TOKEN = 16
_PROBLEMS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Verdict(Generic[OutputT]):
    """An answer's output, or what is wrong with it."""

    outcome: CallOutcome
    output: OutputT | None = None
    problems: str | None = None


def longest_answer(task: Task[Any]) -> int:
    """Return the most UTF-8 bytes that an answer can have."""
    return task.max_output_tokens * _MAX_BYTES_PER_TOKEN


def clipped(task: Task[Any], response: ProviderResponse) -> str:
    """Return an answer as it is kept, and shown to its model where it is wrong: no longer than any can be."""
    return response.text.encode(errors="replace")[: longest_answer(task)].decode(errors="ignore")


def judge(task: Task[OutputT], response: ProviderResponse) -> Verdict[OutputT]:
    """Validate an answer; one that was cut off is not worth parsing."""
    if response.truncated:
        problem = f"it was cut off after {task.max_output_tokens} tokens; write less"
        return Verdict(CallOutcome.TRUNCATED, problems=problem)
    limit = longest_answer(task)
    if len(response.text.encode(errors="surrogatepass")) > limit:
        return Verdict(CallOutcome.INVALID, problems=f"it is longer than {limit} bytes")
    try:
        return Verdict(CallOutcome.ANSWERED, output=task.output.model_validate_json(response.text))
    except ValidationError as error:
        return Verdict(CallOutcome.INVALID, problems=_problems(error))


def _problems(error: ValidationError) -> str:
    """The first few problems, each with its place; never the answer itself, which may quote the document."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    shown = [
        f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
        for item in found[:_PROBLEMS_SHOWN]
    ]
    more = len(found) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def read_back(task: Task[OutputT], result: bytes) -> OutputT | None:
    """Return an answer that was kept, or None where it is none to the task as it is now."""
    try:
        return task.output.model_validate_json(result)
    except ValidationError:
        return None
