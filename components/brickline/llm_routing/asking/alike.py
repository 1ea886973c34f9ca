"""Answers to questions that say the same in other words: watched before they are used."""

import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.models.catalogue import Routing
from brickline.llm_routing.models.model import Model
from brickline.telemetry import get_logger

_log = get_logger(__name__)

ValueT = TypeVar("ValueT")

_WATCHED = timedelta(days=30)
_MOST_FALSE = 0.05
"""Of a hundred matches, so many may have been wrong, with a certainty of 95 %: about 60 right ones in a row
show it."""
_LOOK_AGAIN_S = 60.0


class TextMatch(Protocol):
    """A text that was answered, and may be taken for another."""

    @property
    def key(self) -> bytes:
        """The fingerprint of its answer."""
        ...


class Watched(Protocol):
    """What became of the matches that were only watched."""

    @property
    def false_rate_at_most(self) -> float:
        """The share of wrong ones that is not exceeded, with a certainty of 95 %; 1: nothing is known."""
        ...


class SimilarTexts(Protocol):
    """What finds texts that say the same; `embeddings.SemanticIndex` does."""

    async def nearest(self, tenant: str, scope: bytes, text: str) -> TextMatch | None:
        """Return the text that it may be taken for."""
        ...

    async def add(self, tenant: str, scope: bytes, key: bytes, text: str) -> None:
        """Keep a text as answered under `key`."""
        ...

    async def shadow(self, tenant: str, scope: bytes, text: str, match: Any, same: bool) -> None:
        """Record a match that was not used, and whether it would have been right."""
        ...

    async def report(self, since: datetime) -> Watched:
        """Return what has been recorded."""
        ...


class Alike:
    """Looks for an answer to a similar text, for tasks whose texts are short questions (`Task.semantic`).

    Whatever fails here is logged, and the question is asked.
    """

    def __init__(self, texts: SimilarTexts | None) -> None:
        self._texts = texts
        self._trusted = False
        self._looked_at = float("-inf")

    async def match(self, question: Question[Any], model: Model, routing: Routing) -> TextMatch | None:
        """Return a match to be used, or watched; None where there is none, or none is wanted."""
        if self._texts is None or routing.semantic == "off" or not question.task.semantic:
            return None
        scope = question.scope(model)
        return await _quietly(self._texts.nearest(question.call.tenant, scope, question.text))

    async def may_use(self, routing: Routing) -> bool:
        """Tell whether matches are used: when they are switched on, and enough of them have been watched."""
        if self._texts is None or routing.semantic != "on":
            return False
        if time.monotonic() - self._looked_at >= _LOOK_AGAIN_S:
            watched = await _quietly(self._texts.report(datetime.now(UTC) - _WATCHED))
            self._trusted = watched is not None and watched.false_rate_at_most <= _MOST_FALSE
            self._looked_at = time.monotonic()
        return self._trusted

    async def watch(self, question: Question[Any], model: Model, match: TextMatch, *, same: bool) -> None:
        """Record whether a match that was not used would have been right."""
        if self._texts is not None:
            scope = question.scope(model)
            await _quietly(self._texts.shadow(question.call.tenant, scope, question.text, match, same))

    async def learn(self, question: Question[Any], model: Model, routing: Routing) -> None:
        """Let the answer just given be found by texts that are alike."""
        if self._texts is None or routing.semantic == "off" or not question.task.semantic:
            return
        key, scope = question.fingerprint(model), question.scope(model)
        await _quietly(self._texts.add(question.call.tenant, scope, key, question.text))


async def _quietly(doing: Awaitable[ValueT]) -> ValueT | None:
    try:
        return await doing
    except Exception as error:
        _log.warning("llm.similar_texts_failed", reason=str(error) or repr(error))
        return None
