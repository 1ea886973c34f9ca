"""What messaging counts for Prometheus, in steps cheap enough to take for every event."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum

from prometheus_client import Counter, Histogram

from brickline.events.bus import Deliveries
from brickline.events.errors import BusUnavailable, TopologyMismatch, Unroutable

# In seconds: an insert takes one or two thousandths, a language model may take minutes.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_MOST_TOPICS = 100
_OTHER = "other"

_HANDLED = Counter(
    "brickline_events_handled",
    "Deliveries that a group came to an end with, by what became of them.",
    ["service", "group", "topic", "outcome"],
)
_DEAD_LETTERED = Counter(
    "brickline_events_dead_lettered",
    "Events that became dead letters, by the letter's reason.",
    ["service", "group", "topic", "reason"],
)
_HANDLER_SECONDS = Histogram(
    "brickline_handler_duration_seconds",
    "How long a handler ran, its transaction included: for one event, or for one batch.",
    ["service", "group"],
    buckets=_BUCKETS,
)
_CONFIRMED = Counter(
    "brickline_outbox_confirmed",
    "Messages from the outbox that the bus has taken responsibility for.",
    ["service", "topic"],
)
_NOT_SENT = Counter(
    "brickline_outbox_not_sent",
    "Messages that went back into the outbox because the bus did not take them, by why.",
    ["service", "topic", "reason"],
)
_PUBLISH_SECONDS = Histogram(
    "brickline_outbox_publish_duration_seconds",
    "From handing a message to the bus to its confirm; in one process, to the end of its handlers.",
    ["service"],
    buckets=_BUCKETS,
)
_LEASES_EXPIRED = Counter(
    "brickline_outbox_leases_expired",
    "Rows taken up again after the lease of the relay that had them ran out: it died, or lost its database.",
    ["service"],
)
_WHY_NOT_SENT = {
    Unroutable: "unroutable",
    BusUnavailable: "unavailable",
    TopologyMismatch: "topology_mismatch",
}


class Outcome(StrEnum):
    """What became of a delivery."""

    SETTLED = "settled"
    DUPLICATE_SKIPPED = "duplicate_skipped"
    RETRIED = "retried"
    DEFERRED = "deferred"
    PARKED = "parked"
    """Put back behind an earlier one of its order, which is tried again first."""
    DEAD_LETTERED = "dead_lettered"


class GroupMetrics:
    """The counts of one group of one service. `topic` is the one it is bound to, whatever a message says."""

    def __init__(self, service: str, group_id: str, topic: str) -> None:
        self.service = service
        self.group_id = group_id
        self._topic = topic
        self._handled = {
            outcome: _HANDLED.labels(service, group_id, topic, outcome.value) for outcome in Outcome
        }
        self._seconds = _HANDLER_SECONDS.labels(service, group_id)
        self._deliveries: Deliveries | None = None

    def ended(self, outcome: Outcome, count: int = 1) -> None:
        """Count deliveries that are done with; dead letters have `dead_lettered`."""
        self._handled[outcome].inc(count)

    def dead_lettered(self, reason: str) -> None:
        """Count a delivery that became a dead letter; `reason` is one of few, and no text of an error."""
        self._handled[Outcome.DEAD_LETTERED].inc()
        _DEAD_LETTERED.labels(self.service, self.group_id, self._topic, reason).inc()

    def handler_took(self, seconds: float) -> None:
        """Note how long one call of the handler took, whatever came of it."""
        self._seconds.observe(seconds)

    @asynccontextmanager
    async def consuming(self, deliveries: Deliveries) -> AsyncIterator[None]:
        """Count the group as connected while the block runs and the deliveries are not interrupted."""
        self._deliveries = deliveries
        try:
            yield
        finally:
            self._deliveries = None

    @property
    def connected(self) -> bool:
        """Whether deliveries can arrive now."""
        return self._deliveries is not None and self._deliveries.interrupted is None


class RelayMetrics:
    """The counts of one service's relay."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._topics: dict[str, str] = {}
        self._confirmed: dict[str, Counter] = {}
        self._seconds = _PUBLISH_SECONDS.labels(service)
        self._expired = _LEASES_EXPIRED.labels(service)

    def claimed(self, claims: Iterable[int]) -> None:
        """Count, of how often in a row each row was claimed, those that another claim had not ended."""
        self._expired.inc(sum(count > 1 for count in claims))

    def confirmed(self, topic: str, seconds: float) -> None:
        """Count a message that the bus took, `seconds` after it was handed over."""
        label = self._label(topic)
        if label not in self._confirmed:
            self._confirmed[label] = _CONFIRMED.labels(self._service, label)
        self._confirmed[label].inc()
        self._seconds.observe(seconds)

    def not_sent(self, topic: str, error: Exception) -> None:
        """Count a message that the bus did not take."""
        reason = next((why for kind, why in _WHY_NOT_SENT.items() if isinstance(error, kind)), "error")
        _NOT_SENT.labels(self._service, self._label(topic), reason).inc()

    def _label(self, topic: str) -> str:
        """Name the topic while there are few: a dead letter's may be anything, and is kept for its replay."""
        if topic not in self._topics and len(self._topics) < _MOST_TOPICS:
            self._topics[topic] = topic
        return self._topics.get(topic, _OTHER)
