"""Pipelines made up of real consumer and payload classes, in a line each."""

import types
from collections.abc import Mapping
from typing import Any

from brickline.contracts import Deployed, Pipeline
from brickline.events import Consumer, EventContext, Service
from brickline.schemas import Payload, Upcaster


def payload(
    topic: str,
    fields: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    version: int = 1,
    upcasters: Mapping[int, Upcaster] | None = None,
    **attributes: object,
) -> type[Payload]:
    """A payload's model, with fields by name and type; their defaults are among `attributes`."""
    body = {
        "__module__": __name__,
        "__annotations__": dict(fields or {"text": str}),
        "topic": topic,
        "version": version,
        "upcasters": upcasters or {},
        **attributes,
    }
    made = type(Payload)(name or "".join(word.title() for word in topic.split(".")), (Payload,), body)
    assert issubclass(made, Payload)
    return made


async def _nothing(self: object, event: Payload, context: EventContext) -> None:
    """Handle it."""


def group(group_id: str, reads: type[Payload], *publishes: type[Payload]) -> type[Consumer[Any]]:
    """A consumer's class."""
    body = {"group_id": group_id, "publishes": publishes, "process_message": _nothing, "__module__": __name__}
    name = "".join(word.title() for word in group_id.split("."))
    return types.new_class(name, (Consumer[reads],), exec_body=lambda namespace: namespace.update(body))  # type: ignore[valid-type]  # a class made at run time


def service(
    name: str,
    tier: int,
    *consumers: type[Consumer[Any]],
    publishes: tuple[type[Payload], ...] = (),
    projects: tuple[str, ...] | None = None,
) -> Deployed:
    """A service that runs in a project of its own name, unless told otherwise."""
    made = Service(name, tier=tier, consumers=consumers, publishes=publishes)
    return Deployed(made, (f"{name}_project",) if projects is None else projects)


def line(topics: int) -> Pipeline:
    """As many topics in a row, each read by the group that publishes the next."""
    payloads = [payload(f"t{number}.done") for number in range(topics)]
    services = [service("s0", 0, publishes=(payloads[0],))]
    for number in range(1, topics):
        reader = group(f"s{number}.group", payloads[number - 1], payloads[number])
        services.append(service(f"s{number}", number, reader))
    services.append(service(f"s{topics}", topics, group("last", payloads[-1])))
    return Pipeline(services, payloads)
