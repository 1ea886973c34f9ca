"""Mean latencies of calls as they were, and as they would have been."""

from brickline.llm_routing.choosing.decision import Candidate


class SimulatedLatencies:
    """Sums of seconds. Where the latency of a model was not known then, it is what the calls show."""

    def __init__(self) -> None:
        self._known = (0, 0.0, 0.0)
        self._unknown: dict[str, tuple[int, float]] = {}
        self._seen: dict[str, tuple[int, float]] = {}

    def add(self, then: Candidate, now: Candidate, seconds: float) -> None:
        """Count a call that took so long."""
        self._seen[then.model.name] = _added(self._seen.get(then.model.name), seconds)
        latency_s = seconds if now is then else now.latency_s
        if latency_s is None:
            self._unknown[now.model.name] = _added(self._unknown.get(now.model.name), seconds)
            return
        calls, before, after = self._known
        self._known = (calls + 1, before + seconds, after + latency_s)

    def means(self) -> tuple[float | None, float | None, int]:
        """Return the mean before and after, and how many calls are in neither."""
        (calls, before, after), without = self._known, 0
        for model, (moved, seconds) in self._unknown.items():
            if model not in self._seen:
                without += moved
                continue
            seen, took = self._seen[model]
            calls, before, after = calls + moved, before + seconds, after + moved * took / seen
        return (before / calls, after / calls, without) if calls else (None, None, without)


def _added(sums: tuple[int, float] | None, seconds: float) -> tuple[int, float]:
    calls, took = sums or (0, 0.0)
    return calls + 1, took + seconds
