"""What becomes of each topic, and which side of it is deployed first."""

from collections.abc import Iterator, Mapping

from brickline.contracts.compare import compare
from brickline.contracts.contract import Contract
from brickline.contracts.order import Change, Order, order_of
from brickline.contracts.snapshots import Snapshot


def changes(contracts: Mapping[str, Contract], known: Mapping[str, Snapshot]) -> Iterator[Change]:
    """Yield a change for each topic whose contract is not the newest that is known of it."""
    for topic, new in contracts.items():
        snapshot = known.get(topic)
        if snapshot is None or snapshot.gone:
            yield Change(topic, Order.ANY, "the topic is new: its queues are there before its readers are")
        elif snapshot.newest.contract != new:
            yield _change(snapshot.newest.contract, new)


def _change(old: Contract, new: Contract) -> Change:
    if new.version > old.version:
        why = f"version {new.version} is new: the old readers do not know it, the new ones know both"
        return Change(new.topic, Order.READERS_FIRST, why)
    if new.version < old.version:
        why = f"version {new.version} goes back, and cannot read version {old.version}"
        return Change(new.topic, Order.NONE, why)
    verdict = compare(old, new)
    order = order_of(verdict.backward, verdict.forward)
    return Change(new.topic, order, _WHY[order])


_WHY = {
    Order.ANY: "old and new read each other",
    Order.READERS_FIRST: "the old reader rejects what the new writer writes",
    Order.WRITERS_FIRST: "the new reader rejects what the old writer writes",
    Order.NONE: "old and new reject what the other writes",
}
