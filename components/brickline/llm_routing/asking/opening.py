"""What comes before a call is made: a place in the books, a turn of its model, and the right to try it."""

import asyncio
from typing import Any

from pydantic import JsonValue

from brickline.llm_routing.asking.history import History
from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.attempt import Attempt
from brickline.llm_routing.books.books import Books
from brickline.llm_routing.books.notes import ended
from brickline.llm_routing.books.open_call import OpenCall
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.choosing.decision import Decision
from brickline.llm_routing.errors import ProviderUnavailable
from brickline.llm_routing.models.catalogue import Routing
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.states.states import States

_WORTH_WAITING_S = 2.0
"""For a turn of the best model, before a lesser one is asked."""


class NoTurn(Exception):
    """Raised where the model's rate limit leaves no room for seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"its rate limit leaves no room for {wait_s:.1f} s")
        self.wait_s = wait_s


class Probed(ProviderUnavailable):
    """Raised where one call probes the model; that this one is not made says nothing about it."""


class Opening:
    """Numbers the attempts at one question, and opens its calls."""

    def __init__(
        self,
        question: Question[Any],
        decision: Decision,
        history: History,
        routing: Routing,
        books: Books,
        states: States,
    ) -> None:
        self._question = question
        self._decision = decision
        self._history = history
        self._routing = routing
        self._books = books
        self._states = states
        self._number = history.next_attempt
        self.opened: OpenCall | None = None
        """The call that was opened last; None where the last one could not be."""

    @property
    def has_opened(self) -> bool:
        """Whether any call was opened."""
        return self._number > self._history.next_attempt

    def attempt(self, model: Model, *, degraded: bool) -> Attempt:
        """Return the next attempt; `degraded`: a better model was passed over because its money was spent."""
        task = self._question.task
        note: dict[str, JsonValue] = {
            "task": task.name,
            "version": task.version,
            "provider": model.provider,
            "model_id": model.model,
            "text": self._question.text_digest,
            "degraded": degraded,
            "decision": self._decision.as_note(),
        }
        return Attempt(self._question, model, self._number, note)

    async def open(self, model: Model, worst_micros: int, *, degraded: bool) -> OpenCall:
        """Open a call that is made now. Raises as the books do, `NoTurn` and `Probed`."""
        self.opened = None
        self.opened = call = await self._books.open(
            self.attempt(model, degraded=degraded),
            worst_micros,
            share_for=self._routing.cache_for if self._routing.cache else None,
            seen=self._history.seen(self._question, model),
        )
        self._number += 1
        try:
            await self._be_admitted(model)
        except BaseException as error:  # it was not made
            await call.release(CallOutcome.PASSED_OVER, ended(None, 0.0, detail=str(error)))
            raise
        return call

    async def _be_admitted(self, model: Model) -> None:
        """Take a request and tokens of the model's minute, at once or a little later, and a probe's right.

        Only now that the call is ours to make: a turn or probe that nothing is sent with is lost to others.
        """
        tokens = self._question.likely_tokens
        waited_s = 0.0
        while wait_s := await self._states.take_turn(model.name, model.rpm, model.tpm, tokens):
            if waited_s + wait_s > _WORTH_WAITING_S:
                raise NoTurn(wait_s)
            await asyncio.sleep(wait_s)
            waited_s += wait_s
        if not await self._states.may_try(model.name):
            raise Probed(model.name, "another worker is probing it")
