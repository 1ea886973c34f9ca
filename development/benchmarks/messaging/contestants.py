"""Who takes part, and under which conditions."""

from dataclasses import dataclass

from benchmarks.messaging.apps.ours import FOLLOW_GROUP, GROUP, PREFIX


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to move events: a program to publish them, one to consume them."""

    name: str
    publisher: str
    """The module below `apps` that is given the job "publish"."""
    consumer: str | None
    """The same for "consume"; None where only publishing is compared."""
    peer: str | None = None
    """Whose environment it runs in; None: the workspace's."""
    effects: bool = False
    relayed: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether its events start in our outbox and its effects are in our tables."""
        return self.publisher == "brickline_relay"

    @property
    def queue(self) -> str:
        """The queue it consumes."""
        return f"{PREFIX}.{GROUP}" if self.is_ours else f"{self.publisher}.measured"

    @property
    def follow_queue(self) -> str:
        """The queue that what follows goes to."""
        return f"{PREFIX}.{FOLLOW_GROUP}" if self.is_ours else f"{self.publisher}.followed"


def _peer(library: str, *, effects: bool) -> Contestant:
    app = f"{library}_app"
    kind = "same effects" if effects else "empty handler"
    return Contestant(f"{library}, {kind}", app, app, peer=library, effects=effects)


AIO_PIKA = Contestant("aio-pika, empty handler", "aio_pika_app", "aio_pika_app")
AIO_PIKA_PUBLISH = Contestant("aio-pika, publishing", "aio_pika_app", None)
RELAY = Contestant("relay", "brickline_relay", None)
CONSUMER = Contestant("Consumer", "brickline_relay", "brickline_consumer", effects=True)
CONSUMER_RELAYED = Contestant(
    "Consumer and relay", "brickline_relay", "brickline_consumer", effects=True, relayed=True
)
BATCH_CONSUMER = Contestant("BatchConsumer", "brickline_relay", "brickline_batch", effects=True)
FASTSTREAM_EMPTY = _peer("faststream", effects=False)
FASTSTREAM = _peer("faststream", effects=True)
OTHERS = tuple(
    _peer(library, effects=effects)
    for library in ("taskiq", "dramatiq", "celery")
    for effects in (False, True)
)
