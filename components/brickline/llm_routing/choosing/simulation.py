"""What the calls of the past would have been under other weights."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from brickline.budget import Entry, Ledger, State
from brickline.llm_routing.books.notes import CallNote
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.choosing.decision import Candidate, Decision
from brickline.llm_routing.choosing.router import rerank
from brickline.llm_routing.choosing.simulated_latencies import SimulatedLatencies
from brickline.llm_routing.models.catalogue import Weights

OnProgress = Callable[[int, int], None]
"""Told how many calls were read, of how many."""

_TELL_EVERY = 250


@dataclass(frozen=True, slots=True)
class Figures:
    """All calls together."""

    cost_micros: int
    latency_s: float | None
    """The mean of those calls whose latency is known both ways; None: of none."""
    quality: float | None
    """The mean; None without calls."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was, and what would have been."""

    since: datetime
    weights: Weights
    calls: int
    """Answered calls that tell how they were decided."""
    skipped: int
    """Answered calls that do not."""
    estimated: int
    """Calls that would have moved, and whose tokens nobody metered: priced as was expected then."""
    without_latency: int
    """Calls that would have moved to a model of which no latency was known."""
    before: Figures
    after: Figures
    moves: Mapping[tuple[str, str], int]
    """How many calls would have moved from one model to another, most first."""


async def simulate(
    ledger: Ledger, since: datetime, weights: Weights, on_progress: OnProgress | None = None
) -> Simulated:
    """Rank each answered call since then again under `weights`, and price it with the tokens it took.

    A model that was passed over then, because it failed or its money was spent, is passed over again. Calls
    are read one after the other, however many there are.
    """
    simulation, read = Simulation(weights), 0
    total = sum(each.entries for each in await ledger.totals(since)) if on_progress else 0
    async with aclosing(ledger.since(since)) as entries:
        async for entry in entries:
            simulation.add(entry)
            read += 1
            if on_progress and read % _TELL_EVERY == 0:
                on_progress(read, total)
    return simulation.result(since)


class Simulation:
    """Sums over calls that are added one by one."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._calls = self._skipped = self._estimated = 0
        self._cost = [0, 0]
        self._quality = [0.0, 0.0]
        self._moves: Counter[tuple[str, str]] = Counter()
        self._latencies = SimulatedLatencies()

    def add(self, entry: Entry) -> None:
        """Take a call into account, if it was answered by a model."""
        if entry.state is not State.SETTLED or entry.outcome != CallOutcome.ANSWERED:
            return
        chosen = _chosen(entry, self._weights)
        if chosen is None:
            self._skipped += 1
            return
        then, now = chosen
        note, cost = CallNote.of(entry), entry.cost_micros or 0
        self._calls += 1
        self._quality[0] += then.quality
        self._quality[1] += now.quality
        self._latencies.add(then, now, note.seconds)
        self._cost[0] += cost
        self._cost[1] += cost if now is then else self._price(now, note)
        if now is not then:
            self._moves[then.model.name, now.model.name] += 1

    def result(self, since: datetime) -> Simulated:
        """Return the sums and means of what was added."""
        calls = self._calls
        before_s, after_s, without = self._latencies.means()
        costs, qualities = self._cost, [each / calls if calls else None for each in self._quality]
        return Simulated(
            since=since,
            weights=self._weights,
            calls=calls,
            skipped=self._skipped,
            estimated=self._estimated,
            without_latency=without,
            before=Figures(costs[0], before_s, qualities[0]),
            after=Figures(costs[1], after_s, qualities[1]),
            moves=dict(self._moves.most_common()),
        )

    def _price(self, candidate: Candidate, note: CallNote) -> int:
        if not note.input_tokens and not note.output_tokens:
            self._estimated += 1
            return candidate.expected_cost_micros
        return candidate.model.cost_micros(note.input_tokens, note.output_tokens)


def _chosen(entry: Entry, weights: Weights) -> tuple[Candidate, Candidate] | None:
    """Return who answered, and who would be asked now; the same object where that is the same."""
    stored = entry.note.get("decision")
    if not isinstance(stored, dict):
        return None
    try:
        ranking = Decision.from_note(stored).ranking
    except ValueError:
        return None
    place = next((at for at, each in enumerate(ranking) if each.model.name == entry.model), None)
    if place is None:
        return None
    left = {each.model.name: each for each in ranking[place:]}
    name = next(each.model.name for each in rerank(ranking, weights) if each.model.name in left)
    return ranking[place], left[name]
