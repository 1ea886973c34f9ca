"""The figures by name: which contestants each needs, and what is held against what."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figure import Figure, ratio
from benchmarks.messaging import contestants as who
from benchmarks.messaging.contestants import Contestant
from benchmarks.messaging.rounds import Rounds


@dataclass(frozen=True, slots=True)
class Against:
    """Our rate in terms of a peer's."""

    name: str
    ours: Contestant
    theirs: Contestant
    at_least: float
    publishing: bool = False

    def figure(self, rounds: Rounds) -> Figure:
        """Return the figure of the rounds that were played."""
        rates = rounds.published if self.publishing else rounds.consumed
        ours, theirs = rates(self.ours), rates(self.theirs)
        return ratio(
            self.name,
            ours,
            theirs,
            at_least=self.at_least,
            how=f"{self.ours.name} {_range(ours)} against {self.theirs.name} {_range(theirs)}",
        )


COMPARED: dict[str, tuple[Against, ...]] = {
    "relay": (Against("relay against raw aio-pika", who.RELAY, who.AIO_PIKA_PUBLISH, 1.0, publishing=True),),
    "batch": (
        Against("BatchConsumer against FastStream, empty", who.BATCH_CONSUMER, who.FASTSTREAM_EMPTY, 1.5),
        Against("BatchConsumer against FastStream doing the same", who.BATCH_CONSUMER, who.FASTSTREAM, 8.0),
    ),
    "consumer": (Against("Consumer against FastStream doing the same", who.CONSUMER, who.FASTSTREAM, 2.0),),
}
"""The figures that are ratios of rates, by the name they are asked for with."""

INFORMATION: dict[str, tuple[Contestant, ...]] = {
    "consumer": (who.CONSUMER_RELAYED, who.FASTSTREAM_EMPTY),
    "peers": (who.AIO_PIKA, *who.OTHERS),
}
"""Contestants that play for the table of rates only."""

ALONE = ("latency", "memory", "backlog")
"""The figures with a course of their own."""

NAMES = tuple(dict.fromkeys([*COMPARED, *INFORMATION, *ALONE]))


def contestants_for(names: Sequence[str]) -> tuple[Contestant, ...]:
    """Return who plays for these figures, each once, rivals next to each other."""
    found: dict[Contestant, None] = {}
    for name in names:
        for against in COMPARED.get(name, ()):
            found |= dict.fromkeys((against.ours, against.theirs))
        found |= dict.fromkeys(INFORMATION.get(name, ()))
    return tuple(found)


def extras_for(names: Sequence[str]) -> frozenset[Contestant]:
    """Return those of them that no target depends on."""
    needed = {who for name in names for it in COMPARED.get(name, ()) for who in (it.ours, it.theirs)}
    return frozenset(contestants_for(names)) - needed


def _range(rates: Sequence[float]) -> str:
    return f"{min(rates):,.0f}..{max(rates):,.0f}/s"
