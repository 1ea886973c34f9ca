"""The one way a brick asks a model for something."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from brickline.budget import CallInFlight as LedgerInFlight
from brickline.budget import Ledger
from brickline.llm_routing.asking.alike import Alike, SimilarTexts
from brickline.llm_routing.asking.answer import Answer
from brickline.llm_routing.asking.history import History, NotLooked
from brickline.llm_routing.asking.question import Question, overhead_tokens
from brickline.llm_routing.asking.selection import Selection
from brickline.llm_routing.books.books import Books, LedgerBooks, NoBooks
from brickline.llm_routing.call import Call
from brickline.llm_routing.choosing.decision import Decision
from brickline.llm_routing.choosing.router import route
from brickline.llm_routing.errors import CallInFlight, LLMError, NoProvider, TextTooLong
from brickline.llm_routing.models.catalogue import OnAmbiguous, Routing
from brickline.llm_routing.models.pool import ModelPool
from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.states.states import NoStates, States
from brickline.llm_routing.task import OutputT, Task

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
_PATIENCE = timedelta(seconds=120)
"""How long a worker waits for another that asks the same, before it puts its event back."""


class LLMClient:
    """Routes each question to one of the models of `pool`, pays for it once, and validates what comes back.

    With a `ledger`, each call is reserved in its budgets, written down and never made twice; without one,
    nothing is accounted for. `states` share latencies, breakers and rate limits between workers. `similar`
    finds texts that say the same, for tasks and models files that want it.
    """

    def __init__(
        self,
        pool: ModelPool,
        *,
        ledger: Ledger | None = None,
        states: States | None = None,
        similar: SimilarTexts | None = None,
    ) -> None:
        self._pool = pool
        self._books: Books = NoBooks() if ledger is None else LedgerBooks(ledger)
        self._states = states or NoStates()
        self._alike = Alike(similar)

    async def generate(self, task: Task[OutputT], text: str, call: Call) -> OutputT:
        """The output of `task` for `text`; raises as `answer` does."""
        return (await self.answer(task, text, call)).output

    async def answer(self, task: Task[OutputT], text: str, call: Call) -> Answer[OutputT]:
        """The output of `task` for `text`, with the model that gave it and what it cost.

        Raises one of the three families in `errors`: `LLMDeferred` with the time to wait for, where a budget,
        a rate limit or another worker is in the way; `NoProvider` and other `TransientLLMError` where the
        models are; `PermanentLLMError` where the text, the task or the answer is.
        """
        try:
            return await self._answer(Question(task, text, call))
        except LLMError as error:
            error.add_note(f"in step '{call.step}' of event {call.event_id}, trace {call.trace_id}")
            raise

    def room(self, task: Task[OutputT]) -> int | None:
        """The most UTF-8 bytes of text that the model takes which a short text would go to; None: no model.

        A longer text goes to another model, or to none; split it to have it answered by this one. The same
        for the same models file, however the models fare: a text that is split must be split alike when its
        event comes again.
        """
        overhead = overhead_tokens(task)
        decision = self._route(task, overhead, {})
        if not decision.ranking:
            return None
        model = decision.ranking[0].model
        return model.context_tokens - model.output_limit(task.max_output_tokens) - overhead

    async def _answer(self, question: Question[OutputT]) -> Answer[OutputT]:
        give_up_at = datetime.now(UTC) + _PATIENCE
        looked, pauses_s = False, _growing_pauses()
        while True:
            try:
                return await self._answer_or_busy(question, look=looked)
            except NotLooked:
                looked = True
            except LedgerInFlight as busy:  # it is known, or another worker is paying for it, or for the same
                if datetime.now(UTC) > give_up_at:
                    raise CallInFlight("another worker is asking the same", until=busy.until) from busy
                if looked:
                    await asyncio.sleep(next(pauses_s))
                looked = True

    async def _answer_or_busy(self, question: Question[OutputT], *, look: bool) -> Answer[OutputT]:
        routing = self._pool.current().routing
        decision = self._route(question.task, question.input_tokens, self._states.snapshot)
        history = await self._look(question, decision, routing) if look else History(looked=False)
        known = history.answer(question)
        if known is not None:
            entry, answer = known
            await self._books.reused(entry)
            return answer
        history.check_decided(may_retry=routing.on_ambiguous is OnAmbiguous.RETRY)
        if not decision.ranking:
            raise self._nobody(question, decision) if look else NotLooked
        selection = Selection(
            question, decision, history, routing, self._pool, self._books, self._states, self._alike
        )
        return await selection.answer()

    async def _look(self, question: Question[OutputT], decision: Decision, routing: Routing) -> History:
        models = [candidate.model for candidate in decision.ranking] if routing.cache else []
        return await self._books.look(question, models, routing.cache_for)

    def _nobody(self, question: Question[OutputT], decision: Decision) -> LLMError:
        task, excluded = question.task, decision.exclusions
        waiting_helps = any(each.until for each in excluded)
        if not waiting_helps and self._route(task, overhead_tokens(task), {}).ranking:
            reasons = "; ".join(f"{each.name}: {each.reason}" for each in excluded)
            return TextTooLong(f"no model has room for the text in task '{task.name}': {reasons}")
        return NoProvider(task.name, excluded=excluded)

    def _route(self, task: Task[OutputT], input_tokens: int, states: Mapping[str, ModelState]) -> Decision:
        catalogue, problems = self._pool.current(), self._pool.problems()
        return route(task, input_tokens, catalogue, states, problems, datetime.now(UTC))


def _growing_pauses() -> Iterator[float]:
    """Seconds between two looks at what another worker does."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s * random.uniform(0.5, 1)  # noqa: S311  # not a secret
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
