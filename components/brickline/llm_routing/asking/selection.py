"""Going down the ranking until a model answers."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Generic

from brickline.budget import Entry, OverBudget
from brickline.llm_routing.asking.alike import Alike
from brickline.llm_routing.asking.answer import Answer
from brickline.llm_routing.asking.exchange import Exchange
from brickline.llm_routing.asking.history import History, NotLooked, ambiguous
from brickline.llm_routing.asking.judging import read_back
from brickline.llm_routing.asking.metrics import count_call
from brickline.llm_routing.asking.opening import NoTurn, Opening, Probed
from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.books import Books
from brickline.llm_routing.books.notes import CallNote
from brickline.llm_routing.books.open_call import PaidCall
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.choosing.decision import Decision
from brickline.llm_routing.errors import (
    BudgetRefused,
    LLMError,
    NoProvider,
    ProviderUnavailable,
    RateLimited,
    WaitingForBudget,
    WaitingForHolds,
)
from brickline.llm_routing.models.catalogue import OnAmbiguous, Routing, WhenSpent
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.models.pool import ModelPool
from brickline.llm_routing.states.states import States
from brickline.llm_routing.task import OutputT
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_NEXT_LOOK = timedelta(minutes=15)
"""When a limit without a window's end may have been raised."""
_HOLDS_LAST_S = (1.0, 5.0)
"""What is held is settled or released when its call ends, mostly long before its lease; not all look again at
once."""


class Selection(Generic[OutputT]):
    """One question and its ranking: asks the best model that can be asked, and says why none could be."""

    def __init__(
        self,
        question: Question[OutputT],
        decision: Decision,
        history: History,
        routing: Routing,
        pool: ModelPool,
        books: Books,
        states: States,
        alike: Alike,
    ) -> None:
        self._question = question
        self._decision = decision
        self._history = history
        self._routing = routing
        self._pool = pool
        self._books = books
        self._states = states
        self._alike = alike
        self._opening = Opening(question, decision, history, routing, books, states)
        self._paid_micros = history.paid_micros
        self._spent: list[OverBudget] = []
        self._turns_s: list[float] = []
        self._failures: list[ProviderUnavailable] = []

    async def answer(self) -> Answer[OutputT]:
        """Return the answer of the first model that gives one, or that gave one to an equal question."""
        for candidate in self._decision.ranking:
            model = candidate.model
            if self._may_be_known and (model.is_free or self._question.task.semantic):
                raise NotLooked  # there would be an effect before the ledger could see that it is known
            known = self._history.seen(self._question, model)
            if known is not None and (output := self._output_of(known)) is not None:
                return await self._share(model, known, output)
            try:
                return await self._ask_unless_alike(model)
            except OverBudget as over:
                self._pass_over(over)
            except NoTurn as no_turn:
                self._turns_s.append(no_turn.wait_s)
            except ProviderUnavailable as failure:
                self._fall_back(failure)
        if self._may_be_known:
            raise NotLooked  # no model could be asked, but the question may be known
        raise self._nothing_left()

    @property
    def _may_be_known(self) -> bool:
        """Nobody has looked, and no attempt was opened: had there been others, the ledger would not have."""
        return not self._history.looked and not self._opening.has_opened

    async def _ask_unless_alike(self, model: Model) -> Answer[OutputT]:
        """Ask, unless a similar question was answered and such answers are used; else compare the two."""
        question = self._question
        match = None if model.is_free else await self._alike.match(question, model, self._routing)
        known = await self._books.shared(question, match.key, self._routing.cache_for) if match else None
        output = self._output_of(known) if known else None
        if known is not None and output is not None and await self._alike.may_use(self._routing):
            return await self._share(model, known, output)
        answer = await self._ask(model)
        if match is not None and output is not None:
            await self._alike.watch(question, model, match, same=output == answer.output)
        if not model.is_free:
            await self._alike.learn(question, model, self._routing)
        return answer

    def _output_of(self, entry: Entry) -> OutputT | None:
        return read_back(self._question.task, entry.result or b"")

    async def _share(self, model: Model, known: Entry, output: OutputT) -> Answer[OutputT]:
        earlier = CallNote.of(known)
        attempt = self._opening.attempt(model, degraded=bool(self._spent))
        note = {**attempt.note, "answered_by": earlier.answered_by, "repaired": earlier.repaired}
        await self._books.share(replace(attempt, note=note), known)
        count_call(model.name, self._question.task.name, CallOutcome.CACHED)
        return Answer(
            output,
            earlier.answered_by or model.model,
            cost_micros=self._paid_micros,
            degraded=bool(self._spent),
            repaired=earlier.repaired,
        )

    async def _ask(self, model: Model) -> Answer[OutputT]:
        exchange = Exchange(
            self._question,
            model,
            self._pool.provider(model),
            partial(self._opening.open, model, degraded=bool(self._spent)),
            partial(self._states.succeeded, model.name),
            self._history.corrections(model, self._question.text_digest),
        )
        try:
            answer = await exchange.answer()
        except Probed:
            raise
        except ProviderUnavailable as failure:
            await self._states.failed(model.name, failure.reason, failure.retry_after_s)
            raise
        finally:
            self._paid_micros += exchange.paid_micros
        self._states.took(model.name, answer.seconds)
        return replace(answer, cost_micros=self._paid_micros, degraded=bool(self._spent))

    def _pass_over(self, over: OverBudget) -> None:
        """Go on to a model that still can be paid for, if that is the policy and money is what lacks."""
        if over.by == "holds":
            wait = timedelta(seconds=random.uniform(*_HOLDS_LAST_S))  # noqa: S311  # not a secret
            raise WaitingForHolds(_told(over), until=datetime.now(UTC) + wait)
        self._spent.append(over)
        _log.warning("llm.over_budget", reason=str(over))
        if self._routing.when_spent is WhenSpent.REFUSE:
            raise BudgetRefused(_told(over)) from over
        if self._routing.when_spent is WhenSpent.DEFER:
            raise self._waiting_for_budget()

    def _fall_back(self, failure: ProviderUnavailable) -> None:
        """Go on to the next model, unless that could pay a second time."""
        self._failures.append(failure)
        hold = self._routing.on_ambiguous is OnAmbiguous.HOLD
        if failure.maybe_billed and hold and isinstance(self._opening.opened, PaidCall):
            raise ambiguous(self._opening.opened.entry, str(failure)) from failure

    def _nothing_left(self) -> LLMError:
        task, excluded = self._question.task, self._decision.exclusions
        if self._spent:
            return self._waiting_for_budget()
        if self._turns_s:
            until = datetime.now(UTC) + timedelta(seconds=min(self._turns_s))
            return RateLimited(f"every model for task '{task.name}' has reached its rate limit", until=until)
        return NoProvider(task.name, self._failures, excluded)

    def _waiting_for_budget(self) -> WaitingForBudget:
        """Wait for the first window that ends; where none does, somebody has to raise a limit."""
        until = min(over.until or datetime.now(UTC) + _NEXT_LOOK for over in self._spent)
        return WaitingForBudget("; ".join(map(_told, self._spent)), until=until)


def _told(over: OverBudget) -> str:
    """Say which limit is in the way, and not what others have spent: the job of a tenant shows it."""
    return f"the {over.period} budget of {over.scope} has no room for the call"
