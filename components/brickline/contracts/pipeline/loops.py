"""Events that can cause themselves, and tiers that the flow never leaves."""

from collections.abc import Iterator, Sequence
from itertools import chain

from brickline.contracts.cycles import Step, shortest_cycles
from brickline.contracts.pipeline.parties import Deployed
from brickline.contracts.pipeline.problem import Problem, ProblemKind
from brickline.contracts.pipeline.topics import Topic

Hop = tuple[str, str]
"""A topic, and the group that reads it and publishes."""


def loops_of(services: Sequence[Deployed], topics: Sequence[Topic]) -> Iterator[Problem]:
    """Find both kinds of cycle.

    Only what consumers declare to publish counts, not what their service announces of an event that they
    give up: whether to act on that, and how often, is the reader's own rule.
    """
    events = shortest_cycles(_events(services))
    known = {(step.origin, step.via) for step in chain(*events)}
    yield from (_by_itself(loop, services) for loop in events)
    for tiers in shortest_cycles(_tiers(services, topics)):
        if not {_hop(step) for step in tiers} <= known:
            yield _between_tiers(tiers, services)


def _events(services: Sequence[Deployed]) -> Iterator[Step]:
    for each in services:
        for consumer in each.service.consumers:
            for payload in consumer.publishes:
                yield Step(consumer.payload_type.topic, consumer.group_id, payload.topic)


def _tiers(services: Sequence[Deployed], topics: Sequence[Topic]) -> Iterator[Step]:
    """Lead from each tier that produces a topic to each tier where the flow goes on from it."""
    passing_on = {
        consumer.group_id for each in services for consumer in each.service.consumers if consumer.publishes
    }
    for topic in topics:
        if topic.announced:
            continue
        for producer in topic.producers:
            for reader in topic.readers:
                if reader.group_id in passing_on and reader.tier != producer.tier:
                    yield Step(str(producer.tier), f"{topic.name} {reader.group_id}", str(reader.tier))


def _hop(step: Step) -> Hop:
    topic, _, group_id = step.via.rpartition(" ")
    return topic, group_id


def _by_itself(loop: Sequence[Step], services: Sequence[Deployed]) -> Problem:
    path = " -> ".join([*(f"{step.origin} -> {step.via}" for step in loop), loop[0].origin])
    return Problem(
        ProblemKind.CYCLE,
        f"an event of {loop[0].origin!r} can cause itself: {path} "
        f"({_run_by({step.via for step in loop}, services)}). Let one of these groups publish another topic, "
        "which none of them is led back to, or none.",
    )


def _between_tiers(loop: Sequence[Step], services: Sequence[Deployed]) -> Problem:
    hops = [_hop(step) for step in loop]
    path = "".join(
        f"tier {step.origin} -> {topic} -> {group_id} -> "
        for step, (topic, group_id) in zip(loop, hops, strict=True)
    )
    groups = {group_id for _, group_id in hops}
    return Problem(
        ProblemKind.CYCLE,
        f"the flow comes back to a tier that it left: {path}tier {loop[0].origin} "
        f"({_run_by(groups, services)}). Let one of these groups publish nothing, or move what it does to a "
        "service of a tier further down.",
    )


def _run_by(groups: set[str], services: Sequence[Deployed]) -> str:
    return ", ".join(
        f"{consumer.group_id}: {each}"
        for each in services
        for consumer in each.service.consumers
        if consumer.group_id in groups
    )
