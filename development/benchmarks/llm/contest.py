"""Who calls, and interleaved rounds of it: each once in every round, so that other load hits them all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figure import percentile
from benchmarks.llm.calls import Calls
from benchmarks.process import Answer, started
from benchmarks.progress import say

AT_ONCE = 16
_MODELS = 3
_TEXT_BYTES = 1024
_WARM_UP = 200
_STARTUP_S = 120.0
_SLOWEST_PER_S = 10.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to call a model."""

    name: str
    program: str
    """The module below `apps`."""
    peer: str | None = None
    """Whose environment it runs in; None: the workspace's."""
    accounted: bool = False
    """Whether it keeps its account in Postgres."""


GENERATE = Contestant("generate, no account", "brickline_app")
GENERATE_ACCOUNTED = Contestant("generate, ledger and budget", "brickline_app", accounted=True)
LITELLM = Contestant("LiteLLM Router.acompletion", "litellm_app", peer="litellm")

Answers = dict[Contestant, list[Answer]]
"""What each measured, by round."""


async def play(contestants: Sequence[Contestant], database_url: str, *, rounds: int, calls: int) -> Answers:
    """Give every contestant its turn in every round. Raises `ComparisonError`."""
    answers: Answers = {contestant: [] for contestant in contestants}
    for number in range(1, rounds + 1):
        for contestant in contestants:
            work = Calls(
                warm_up=_WARM_UP,
                each=calls,
                at_once=AT_ONCE,
                models=_MODELS,
                text_bytes=_TEXT_BYTES,
                database_url=database_url if contestant.accounted else None,
                schema=f"round_{number}",
            )
            answer = await _turn(contestant, work)
            answers[contestant].append(answer)
            say(
                f"round {number} of {rounds}: {contestant.name}: p50 {p50_ms(answer):.3f} ms, "
                f"{AT_ONCE} at once {answer.per_second:,.0f}/s"
            )
            await asyncio.sleep(0.5)  # what the server does behind a turn is not the next one's
    return answers


async def _turn(contestant: Contestant, work: Calls) -> Answer:
    program = f"benchmarks.llm.apps.{contestant.program}"
    timeout_s = _STARTUP_S + work.total / _SLOWEST_PER_S
    async with started(program, work, contestant.peer, timeout_s=timeout_s) as running:
        return await running.answer()


def p50_ms(answer: Answer) -> float:
    """Return what half of the calls one after another stayed under."""
    return percentile(answer.marks, 0.5) * 1000
