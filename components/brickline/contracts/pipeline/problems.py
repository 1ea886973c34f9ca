"""Each thing that can be wrong with a map."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from brickline.contracts.pipeline.loops import loops_of
from brickline.contracts.pipeline.models import name_of
from brickline.contracts.pipeline.parties import Deployed
from brickline.contracts.pipeline.problem import Problem, ProblemKind
from brickline.contracts.pipeline.routing import routing_problems
from brickline.contracts.pipeline.topics import Topic
from brickline.schemas import Payload


def problems_of(
    services: Sequence[Deployed],
    payloads: Sequence[type[Payload]],
    topics: Sequence[Topic],
    routes: Mapping[str, Sequence[str]] | None,
) -> tuple[Problem, ...]:
    """Look for every kind of problem; for those of routes if there are any to look at."""
    return (
        *_shared_names(services),
        *_shared_groups(services),
        *_unknown(services, payloads),
        *(problem for topic in topics for problem in _ends(topic)),
        *_owners(topics),
        *(() if routes is None else routing_problems(services, routes)),
        *loops_of(services, topics),
    )


def _ends(topic: Topic) -> Iterator[Problem]:
    if not topic.producers and not topic.announced:
        yield Problem(
            ProblemKind.NOBODY_PRODUCES,
            f"{topic.name!r} is produced by nobody, read by {_all(topic.readers) or 'nobody'}: name "
            f"{topic.payload.__name__} in the publishes of a service or a consumer, or remove its readers "
            "and then the payload.",
        )
    if not topic.readers:
        yield Problem(
            ProblemKind.NOBODY_READS,
            f"{topic.name!r} is read by nobody, produced by {_all(topic.producers) or 'nobody'}: give it a "
            "consumer group, or stop publishing it and remove the payload.",
        )


def _owners(topics: Sequence[Topic]) -> Iterator[Problem]:
    for topic in topics:
        if not topic.announced and len({party.service for party in topic.producers}) > 1:
            yield Problem(
                ProblemKind.TWO_OWNERS,
                f"{topic.name!r} has more than one owner: {_all(topic.producers)} publish it. Let one "
                "service publish it, and give what the others say a topic of its own.",
            )


def _unknown(services: Sequence[Deployed], payloads: Sequence[type[Payload]]) -> Iterator[Problem]:
    users: dict[type[Payload], list[str]] = {}
    for each in services:
        for payload in (*each.service.reads, *each.service.writes):
            if payload not in payloads and str(each) not in users.setdefault(payload, []):
                users[payload].append(str(each))
    for payload, declared_by in users.items():
        yield Problem(
            ProblemKind.UNKNOWN_PAYLOAD,
            f"PAYLOADS lacks {name_of(payload)} ({payload.topic!r} version {payload.version}), which service "
            f"{', '.join(declared_by)} declares: add it, so that its changes are checked.",
        )


def _shared_groups(services: Sequence[Deployed]) -> Iterator[Problem]:
    users: dict[str, dict[str, None]] = {}
    for each in services:
        for consumer in each.service.consumers:
            user = f"{consumer.__name__} of service {each}"
            users.setdefault(consumer.group_id, {})[f"{consumer.payload_type.topic!r} by {user}"] = None
    for group_id, by in users.items():
        if len(by) > 1:
            yield Problem(
                ProblemKind.SHARED_GROUP,
                f"group {group_id!r} is more than one consumer's: it reads {' and '.join(by)}. Each would "
                "take events of the other's queue: give each consumer a group id of its own.",
            )


def _shared_names(services: Sequence[Deployed]) -> Iterator[Problem]:
    counted = Counter(each.service.name for each in services)
    for name, times in counted.items():
        if times > 1:
            where = " and ".join(str(each) for each in services if each.service.name == name)
            yield Problem(
                ProblemKind.SHARED_NAME,
                f"{times} services are named {name!r}: {where}. They would share one schema, outbox and "
                "inbox: give each a name of its own.",
            )


def _all(parties: Sequence[object]) -> str:
    return ", ".join(map(str, parties))
