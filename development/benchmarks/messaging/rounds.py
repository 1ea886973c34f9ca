"""Interleaved rounds: every contestant once in each, so that the machine's other load hits them all."""

import asyncio
from collections.abc import Collection, Sequence

from benchmarks.errors import ComparisonError
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contest import Turn, take_turn
from benchmarks.messaging.contestants import Contestant
from benchmarks.progress import say


class Rounds:
    """The turns of a run, by contestant, in the order of the rounds."""

    def __init__(self, arena: Arena, *, events: int, rounds: int) -> None:
        self.turns: dict[Contestant, list[Turn]] = {}
        self.failures: dict[Contestant, str] = {}
        self._arena = arena
        self._events = events
        self._rounds = rounds

    async def play(self, contestants: Sequence[Contestant], extras: Collection[Contestant] = ()) -> None:
        """Give every contestant its turns. Raises `ComparisonError`, unless it is one of `extras` that fails.

        No target depends on those: the failure is kept with the report, and the contestant sits out the rest.
        """
        for number in range(1, self._rounds + 1):
            for contestant in contestants:
                if contestant in self.failures:
                    continue
                try:
                    result = await self._turn(contestant)
                except ComparisonError as error:
                    if contestant not in extras:
                        raise
                    self.failures[contestant] = str(error)
                    result = f"FAILED: {error}"
                say(f"round {number} of {self._rounds}: {contestant.name}: {result}")
                await asyncio.sleep(0.5)  # the servers finish what they do behind the last turn

    async def _turn(self, contestant: Contestant) -> str:
        turn = await take_turn(contestant, self._arena, self._events)
        self.turns.setdefault(contestant, []).append(turn)
        consumed = "" if turn.consumed is None else f", consumed {turn.consumed.per_second:,.0f}/s"
        return f"published {turn.published.per_second:,.0f}/s{consumed}"

    def published(self, contestant: Contestant) -> list[float]:
        """Return its publishing rates, by round."""
        return [turn.published.per_second for turn in self.turns[contestant]]

    def consumed(self, contestant: Contestant) -> list[float]:
        """Return its consuming rates, by round; none where only publishing was compared."""
        return [turn.consumed.per_second for turn in self.turns[contestant] if turn.consumed]
