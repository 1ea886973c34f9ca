"""The making of findings about one topic: what is said, who is concerned, and the ways out."""

from collections.abc import Sequence
from dataclasses import replace

from brickline.contracts.contract import Contract
from brickline.contracts.gate.order_text import order_text
from brickline.contracts.gate.places import place_of
from brickline.contracts.gate.report import Finding, FindingKind
from brickline.contracts.gate.sources import source_of
from brickline.contracts.gate.ways import (
    Broken,
    ways_of_upcasting,
    ways_of_writing,
    ways_to_itself,
    ways_within,
)
from brickline.contracts.order import Change, Order
from brickline.contracts.pipeline import Pipeline, Topic
from brickline.contracts.rollout import rollout
from brickline.contracts.snapshots import Revision
from brickline.contracts.verdict import Break, Direction, Flag, Rule


class Findings:
    """Makes the findings about schemas of one topic, whose model is the one on the map."""

    def __init__(self, pipeline: Pipeline, topic: Topic, new: Contract) -> None:
        self._topic, self._new = topic, new
        self._model = topic.payload.__name__
        self._schemas = (new.reader, new.writer)
        change = Change(topic.name, Order.READERS_FIRST, "")
        self._order = order_text(rollout(pipeline, [change]))

    def within(self, broken: Break | Flag, revision: Revision) -> Finding:
        """Return that a revision of the same version and the code do not go together."""
        ways = self._ways(self._broken(broken, revision.contract))
        return self._made(FindingKind.BREAKS, broken, self._name(revision), ways)

    def reused(self, flag: Flag, revisions: Sequence[Revision]) -> Finding:
        """Return that a name which an earlier revision used comes back as something else."""
        ways = self._ways(self._broken(flag, *(each.contract for each in revisions)))
        return self._made(FindingKind.BREAKS, flag, self._name(revisions[0]), ways)

    def of_itself(self, broken: Break) -> Finding:
        """Return that the model does not read what it writes."""
        says = f"the model does not read what it writes itself: {broken.says.partition(': ')[2]}"
        broken = replace(broken, says=says)
        ways = ways_to_itself(self._broken(broken))
        return self._made(FindingKind.BREAKS, broken, f"version {self._new.version}, itself", ways)

    def of_writing(self, broken: Break) -> Finding:
        """Return that the model really writes what its schema does not say, or what no reader takes."""
        ways = ways_of_writing(self._broken(broken))
        return self._made(FindingKind.BREAKS, broken, f"version {self._new.version}, as it is written", ways)

    def of_upcasting(self, broken: Break, revision: Revision) -> Finding:
        """Return that documents of an older version cannot be read."""
        versions = range(revision.version, self._new.version)
        upcasters = " and ".join(f"`upcasters[{version}]`" for version in versions)
        ways = ways_of_upcasting(self._broken(broken, revision.contract), self._model, upcasters)
        return self._made(FindingKind.UPCASTER, broken, self._name(revision), ways)

    def _ways(self, broken: Broken) -> tuple[str, ...]:
        return ways_within(broken, self._model, self._new.version, self._order)

    def _broken(self, each: Break | Flag, *retained: Contract) -> Broken:
        old = [schema for contract in retained for schema in (contract.reader, contract.writer)]
        schemas = (*self._schemas, *old)
        return Broken(each.rule, _direction(each), place_of(each.path, self._model, *schemas), each.says)

    def _name(self, revision: Revision) -> str:
        return f"version {revision.version}, revision {revision.number}"

    def _made(self, kind: FindingKind, each: Break | Flag, against: str, ways: tuple[str, ...]) -> Finding:
        return Finding(
            topic=self._topic.name,
            kind=kind,
            path=each.path,
            rule=each.rule,
            direction=_direction(each),
            against=against,
            says=each.says,
            witness=each.witness,
            readers=self._topic.readers,
            ways_out=ways,
            source=source_of(self._topic.payload, place_of(each.path, self._model, *self._schemas).owner),
        )


def _direction(each: Break | Flag) -> Direction | None:
    if isinstance(each, Break):
        return each.direction
    # Of what would forbid a later change, no side is broken yet.
    return Direction.BACKWARD if each.rule is Rule.NAME_REUSED else None
