"""The projects of one changed topic, in the order that its change asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brickline.contracts.cycles import Step
from brickline.contracts.order import Change, Order
from brickline.contracts.pipeline import Party, Pipeline, Topic


@dataclass(frozen=True)
class Stages:
    """Who waits for whom, for one topic."""

    change: Change
    readers: frozenset[str]
    both: frozenset[str]
    """They read and write it, and so does some project apart from them."""
    writers: frozenset[str]
    whole: frozenset[str]
    """They run every service that has to do with it, so they need nobody's version but their own."""

    @classmethod
    def of(cls, change: Change, topic: Topic, pipeline: Pipeline) -> "Stages":
        """Sort the projects by what they do with the topic."""
        reading, writing = _projects(topic.readers), _projects(topic.producers)
        services = {party.service for party in (*topic.readers, *topic.producers)}
        runs_all = [set(each.projects) for each in pipeline.services if each.service.name in services]
        both = reading & writing
        whole = both.intersection(*runs_all)
        return cls(change, reading - both, both - whole, writing - both, frozenset(whole))

    @property
    def in_order(self) -> frozenset[str]:
        """Those that have a place among the others."""
        return self.readers | self.both | self.writers

    @property
    def _sequence(self) -> tuple[frozenset[str], ...]:
        match self.change.order:
            case Order.READERS_FIRST:
                return self.readers, self.both, self.writers
            case Order.WRITERS_FIRST:
                return self.writers, self.both, self.readers
        return (self.in_order,)

    def ways(self) -> Iterator[Step]:
        """Lead from each project to those that wait for it."""
        waited_for: set[str] = set()
        for stage in self._sequence:
            yield from (Step(first, self.change.topic, then) for first in waited_for for then in stage)
            waited_for |= stage

    def reasons(self) -> Iterator[str]:
        """Say what goes first and why."""
        order, topic = self.change.order, self.change.topic
        in_turn = " before ".join(named(stage) for stage in self._sequence if stage)
        said = f"{topic}: {order}" if order is not Order.ANY else f"{topic}: in any order"
        yield (
            said + (f" ({self.change.why})" if self.change.why else "") + (f": {in_turn}" if in_turn else "")
        )
        if self.both and order is not Order.ANY:
            yield f"{topic}: {_stopped_first(self.both)}"


def _stopped_first(both: frozenset[str]) -> str:
    does, together = "read and publish it", ", all at the same time"
    if len(both) == 1:
        does, together = "reads and publishes it", ""
    return (
        f"{named(both)} {does}: stop the old before the new starts{together}. "
        "A group that meets a version it cannot read pauses, and goes on when it is replaced"
    )


def named(projects: Iterable[str]) -> str:
    """Write names as one reads them."""
    *others, last = sorted(projects)
    return f"{', '.join(others)} and {last}" if others else last


def _projects(parties: Iterable[Party]) -> frozenset[str]:
    return frozenset(project for party in parties for project in party.projects)
