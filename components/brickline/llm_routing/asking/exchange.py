"""Asking one model: once, and again with what was wrong with its answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic

from brickline.llm_routing.asking.answer import Answer
from brickline.llm_routing.asking.judging import Verdict, clipped, judge, longest_answer
from brickline.llm_routing.asking.metrics import count_call
from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.notes import ended
from brickline.llm_routing.books.open_call import OpenCall
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.errors import InvalidOutput, ProviderRefused, ProviderUnavailable
from brickline.llm_routing.models.capability import Capability
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.provider import Correction, Provider, ProviderRequest, ProviderResponse, Usage
from brickline.llm_routing.task import OutputT
from brickline.persistence import storable

MAX_CORRECTIONS = 2

_MOST_TOKENS = 1_000_000_000
_ADAPTERS_OWN_S = 1.0
"""An adapter keeps the time itself, and knows better how far it had come; this is for one that does not."""

Open = Callable[[int], Awaitable[OpenCall]]
"""Opens the next call of a question in the books, for so many micro-dollars at most."""
OnAnswer = Callable[[], Awaitable[None]]
"""Is told of each answer of the model, accepted or not, and of each refusal: it works."""


class Exchange(Generic[OutputT]):
    """One model and one question. Each answer that is not accepted is a call of its own in the books."""

    def __init__(
        self,
        question: Question[OutputT],
        model: Model,
        provider: Provider,
        open_call: Open,
        on_answer: OnAnswer,
        corrections: tuple[Correction, ...] = (),
    ) -> None:
        self._question = question
        self._model = model
        self._provider = provider
        self._open = open_call
        self._on_answer = on_answer
        self._corrections = list(corrections)
        self.paid_micros = 0

    async def answer(self) -> Answer[OutputT]:
        """Return the first answer that the task accepts.

        Raises `InvalidOutput` when two corrections did not help, `ProviderRefused`, `ProviderUnavailable`,
        and what opening a call in the books raises.
        """
        while True:
            worst_micros = self._question.worst_micros(self._model, self._corrections)
            call = await self._open(worst_micros)
            response, seconds = await self._complete(call, worst_micros)
            verdict = judge(self._question.task, response)
            await self._settle(call, response, verdict, worst_micros, seconds)
            await self._on_answer()
            if verdict.output is not None:
                return self._answer(response, verdict.output, seconds)
            if self._is_last:
                raise InvalidOutput(self._question.task.name, response.model, verdict.problems or "")
            wrong = clipped(self._question.task, response)
            self._corrections.append(Correction(wrong, verdict.problems or ""))

    @property
    def _is_last(self) -> bool:
        """What follows no instructions will follow no correction, and there is not always room for one."""
        question, model = self._question, self._model
        room = model.context_tokens - model.output_limit(question.task.max_output_tokens)
        return (
            Capability.INSTRUCTIONS not in model.capabilities
            or len(self._corrections) >= MAX_CORRECTIONS
            or question.input_bound(self._corrections) + longest_answer(question.task) > room
        )

    def _answer(self, response: ProviderResponse, output: OutputT, seconds: float) -> Answer[OutputT]:
        return Answer(
            output,
            storable(response.model),
            cost_micros=self.paid_micros,
            repaired=bool(self._corrections),
            seconds=seconds,
        )

    async def _complete(self, call: OpenCall, worst_micros: int) -> tuple[ProviderResponse, float]:
        """Return what the model answers, and after how many seconds."""
        started = time.perf_counter()
        request = self._question.request(self._model, self._corrections)
        try:
            response = await _in_time(self._provider, request)
        except (Exception, asyncio.CancelledError) as error:
            await self._end_failed(call, error, time.perf_counter() - started, worst_micros)
            raise
        return response, time.perf_counter() - started

    async def _end_failed(
        self, call: OpenCall, error: BaseException, seconds: float, worst_micros: int
    ) -> None:
        """End a call without an answer, by whether it was billed, was not, or may have been."""
        note = ended(None, seconds, detail=str(error) or type(error).__name__)
        outcome, cost = CallOutcome.FAILED, 0
        match error:
            case ProviderRefused(usage=None):
                outcome = CallOutcome.REFUSED
                await call.release(outcome, note)
            case ProviderRefused():
                outcome, cost = CallOutcome.REFUSED, self._cost(error.usage, worst_micros)
                await call.settle(cost, outcome, None, note)
            case ProviderUnavailable(maybe_billed=False):
                outcome = CallOutcome.UNAVAILABLE
                await call.release(outcome, note)
            case ProviderUnavailable():
                outcome = CallOutcome.UNAVAILABLE
                await call.doubt(outcome, note)
            case _:  # a fault, or our own end: nothing is known of the money
                await call.doubt(outcome, note)
        self.paid_micros += cost
        self._count(outcome, seconds, cost)
        if outcome is CallOutcome.REFUSED:
            await self._on_answer()

    def _count(self, outcome: CallOutcome, seconds: float, cost_micros: int) -> None:
        task = self._question.task.name
        count_call(self._model.name, task, outcome, seconds=seconds, cost_micros=cost_micros)

    def _cost(self, usage: Usage | None, worst_micros: int) -> int:
        """Charge the worst case for what is not metered, or metered as nonsense."""
        if usage is None or not all(
            _is_plausible(each) for each in (usage.input_tokens, usage.output_tokens)
        ):
            return worst_micros
        return self._model.cost_micros(usage.input_tokens, usage.output_tokens)

    async def _settle(
        self,
        call: OpenCall,
        response: ProviderResponse,
        verdict: Verdict[OutputT],
        worst_micros: int,
        seconds: float,
    ) -> None:
        cost = self._cost(response.usage, worst_micros)
        note = ended(
            response,
            seconds,
            detail=verdict.problems,
            repaired=verdict.output is not None and bool(self._corrections),
            gave_up=verdict.output is None and self._is_last,
        )
        await call.settle(cost, verdict.outcome, clipped(self._question.task, response).encode(), note)
        self.paid_micros += cost
        self._count(verdict.outcome, seconds, cost)


def _is_plausible(tokens: object) -> bool:
    return isinstance(tokens, int) and 0 <= tokens <= _MOST_TOKENS


async def _in_time(provider: Provider, request: ProviderRequest) -> ProviderResponse:
    try:
        async with asyncio.timeout(request.timeout_s + _ADAPTERS_OWN_S):
            return await provider.complete(request)
    except TimeoutError as error:
        raise ProviderUnavailable(
            provider.name, f"no answer within {request.timeout_s:g} s", maybe_billed=True
        ) from error
