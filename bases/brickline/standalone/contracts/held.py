"""What keeps a version from being retired, and what ends that."""

from collections.abc import Iterator

from brickline.events import Holdings
from brickline.standalone.contracts.holders import Holders, Where
from brickline.standalone.screen import counted


def held_by(holders: Holders) -> Iterator[str]:
    """Say it place by place."""
    for service, holdings in holders.stored.items():
        yield from _stored(service, holdings)
    for writer in holders.writers:
        yield f"{writer} and is live: deploy a release that writes the newest, and wait for this to end"
    for group, waiting in holders.queues.items():
        if waiting:
            yield (
                f"{counted(waiting, 'message')} in the queues of {group}, of whichever version: try again "
                "when they are empty"
            )


def looked_into(holders: Holders, where: Where) -> str:
    """Say which places were seen, all of them."""
    tables = f"the tables of {', '.join(holders.stored)} ({where.database})"
    if not holders.queues:
        return f"Looked into {tables}; no broker: the standalone has none."
    return f"Looked into {tables} and the queues of {', '.join(holders.queues)}."


def _stored(service: str, held: Holdings) -> Iterator[str]:
    such = f", such as {', '.join(map(str, held.examples))}" if held.examples else ""
    if held.outbox:
        yield f"{counted(held.outbox, 'event')} in the outbox of {service}: wait until it is sent{such}"
    if held.dead_letters:
        yield (
            f"{counted(held.dead_letters, 'dead letter')} of {service}: replay or discard "
            f"(brickline dlq list --service {service}){such}"
        )
    if held.pauses:
        yield (
            f"{counted(held.pauses, 'group')} of {service} paused for an event of it: let it go on "
            "(brickline groups list)"
        )
    if held.unreadable:
        yield (
            f"{counted(held.unreadable, 'row')} of {service} that cannot be read, and may be of it: discard "
            f"(brickline dlq list --service {service} --reason contract)"
        )
