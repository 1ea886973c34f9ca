"""How long answers take lately: a moving average that calls of a while ago fade from."""

from dataclasses import dataclass

_NEWEST = 0.2
"""The weight of one call: the last ten or so decide."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls of one model since the last flush: their moving average, and what it weighs in all before."""

    mean_s: float
    weight: float


class Latencies:
    """What this worker measured and has not handed in yet."""

    def __init__(self) -> None:
        self._batches: dict[str, Batch] = {}

    def add(self, name: str, seconds: float) -> None:
        """Count a call."""
        self._batches[name] = _joined(self._batches.get(name), Batch(seconds, _NEWEST))

    def take(self) -> dict[str, Batch]:
        """Return what there is, in the order of names, and forget it."""
        taken, self._batches = self._batches, {}
        return dict(sorted(taken.items()))

    def put_back(self, batches: dict[str, Batch]) -> None:
        """Keep what could not be handed in, as calls before those that came since."""
        for name, batch in batches.items():
            later = self._batches.get(name)
            self._batches[name] = batch if later is None else _joined(batch, later)


def blended(known_s: float | None, seconds: float) -> float:
    """Return a moving average with one more call in it."""
    return seconds if known_s is None else known_s + _NEWEST * (seconds - known_s)


def _joined(earlier: Batch | None, later: Batch) -> Batch:
    if earlier is None:
        return later
    weight = 1 - (1 - earlier.weight) * (1 - later.weight)
    # As if the calls had been merged one by one: the later ones count in full, the earlier ones fade.
    mean_s = (later.weight * later.mean_s + (1 - later.weight) * earlier.weight * earlier.mean_s) / weight
    return Batch(mean_s, weight)
