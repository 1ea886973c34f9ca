"""In which order to deploy a change while old and new run side by side."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from brickline.contracts.cycles import Step, shortest_cycles
from brickline.contracts.order import Change, Order, order_of
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.stages import Stages, named

__all__ = ["Change", "Order", "Rollout", "order_of", "rollout"]


@dataclass(frozen=True)
class Rollout:
    """Which projects to deploy, in which order: those that write or read a changed topic, and no others."""

    steps: tuple[tuple[str, ...], ...]
    """Each names projects that may be deployed together. Empty if there are conflicts."""
    reasons: tuple[str, ...]
    """What each change asks for."""
    conflicts: tuple[str, ...]
    """Why there is no order, and what to do."""
    alone: tuple[str, ...] = ()
    """Projects that run all that the changes touch. Each is deployed as a whole, at any time: what waits in
    its queues and outboxes is read by what replaces it."""


def rollout(pipeline: Pipeline, changes: Sequence[Change]) -> Rollout:
    """Put every project that writes or reads a changed topic into an order that suits all the changes.

    A topic that is not on the map any more has nobody to deploy.
    """
    drawn = [(change, topic) for change in changes if (topic := pipeline.topic(change.topic))]
    stages = [Stages.of(change, topic, pipeline) for change, topic in drawn if change.order is not Order.NONE]
    ways = [way for each in stages for way in each.ways()]
    conflicts = (*_without_order(changes), *_contradictions(ways))
    in_order = {project for each in stages for project in each.in_order}
    alone = {project for each in stages for project in each.whole} - in_order
    return Rollout(
        () if conflicts else tuple(_steps(in_order, ways)),
        tuple(reason for each in stages for reason in each.reasons()),
        conflicts,
        tuple(sorted(alone)),
    )


def _steps(projects: Collection[str], ways: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """Take, again and again, all that wait for nobody who is left."""
    left = set(projects)
    while left:
        waiting = {way.to for way in ways if way.origin in left}
        yield tuple(sorted(left - waiting))
        left &= waiting


def _without_order(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.order is Order.NONE:
            why = f" ({change.why})" if change.why else ""
            says = "neither its readers nor its writers can go first"
            yield f"{change.topic}: {says}{why}: make it a new version"


def _contradictions(ways: Sequence[Step]) -> Iterator[str]:
    for loop in shortest_cycles(ways):
        in_turn = ", ".join(f"{way.origin} before {way.to} ({way.via})" for way in loop)
        topics = {way.via for way in loop}
        yield f"no order suits {named(topics)}: {in_turn}: release the changes of these topics one by one"
