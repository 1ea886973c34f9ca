"""The groups that read a topic, held against those to which publishers are told to route it."""

from collections.abc import Iterator, Mapping, Sequence

from brickline.contracts.pipeline.parties import Deployed
from brickline.contracts.pipeline.problem import Problem, ProblemKind

_ROUTES = "ROUTES (components/brickline/schemas/routes.py)"


def routing_problems(services: Sequence[Deployed], routes: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Find groups without a route, and routes without a group."""
    readers: dict[tuple[str, str], Deployed] = {}
    for each in services:
        for consumer in each.service.consumers:
            readers.setdefault((consumer.payload_type.topic, consumer.group_id), each)
    routed = dict.fromkeys((topic, group_id) for topic, groups in routes.items() for group_id in groups)
    for (topic, group_id), service in readers.items():
        if (topic, group_id) not in routed:
            yield _not_routed(topic, group_id, service)
    for topic, group_id in routed:
        if (topic, group_id) not in readers:
            yield _no_such_group(topic, group_id, [of for of, group in readers if group == group_id])


def _not_routed(topic: str, group_id: str, service: Deployed) -> Problem:
    return Problem(
        ProblemKind.NOT_ROUTED,
        f"group {group_id!r} of {service} reads {topic!r} and is not routed to it: an event published before "
        f"that service ever ran would not reach it. Add {group_id!r} to those of {topic!r} in {_ROUTES}.",
    )


def _no_such_group(topic: str, group_id: str, reads: Sequence[str]) -> Problem:
    instead = f"that group reads {', '.join(map(repr, reads))}" if reads else "no service has that group"
    return Problem(
        ProblemKind.NO_SUCH_GROUP,
        f"{topic!r} is routed to group {group_id!r}, and {instead}: its events would pile up in a queue from "
        f"which nobody takes. Take it out of {_ROUTES}, or give the topic a consumer of that group id.",
    )
