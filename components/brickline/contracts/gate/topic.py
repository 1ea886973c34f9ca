"""One topic's model held against one history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brickline.contracts.compare import compare
from brickline.contracts.contract import Contract
from brickline.contracts.gate.findings import Findings
from brickline.contracts.gate.report import Finding, Notice
from brickline.contracts.gate.turns import out_of_turn, unrecorded, without_upcaster
from brickline.contracts.limit import TookTooLong, limited
from brickline.contracts.pipeline import Pipeline, Topic
from brickline.contracts.proof import Parser, Rejected
from brickline.contracts.snapshots import Revision, Snapshot
from brickline.contracts.transitive import check_all
from brickline.contracts.trials.upcasting import upcast_breaks, writes_checked
from brickline.contracts.trials.writing import written_breaks
from brickline.contracts.verdict import Direction

if TYPE_CHECKING:
    from brickline.contracts.old_side.models import OldModels


@dataclass(frozen=True)
class TopicCheck:
    """What one model is to what is retained of its topic."""

    topic: Topic
    new: Contract
    snapshot: Snapshot
    """Without revisions, if the topic is new."""
    findings: Findings
    old_models: "OldModels | None" = None

    def found(self) -> Iterator[Finding | Notice]:
        """Yield all that is to be said: of a version that is out of turn, that alone."""
        last = self.snapshot.last_version
        if self.new.version not in self._in_turn(last):
            yield out_of_turn(self.topic, self.snapshot)
            return
        broken = [*self._within_version(), *self._across_versions()]
        broken += self._as_written([each for each in broken if isinstance(each, Finding)])
        yield from broken
        if not any(isinstance(each, Finding) for each in broken) and not self._is_recorded():
            yield unrecorded(self.topic, self.new, self.snapshot)

    def _in_turn(self, last: int) -> tuple[int, ...]:
        return (last + 1,) if self.snapshot.gone else (last, last + 1)

    def _is_recorded(self) -> bool:
        return not self.snapshot.gone and self.snapshot.newest.contract == self.new

    def _within_version(self) -> Iterator[Finding | Notice]:
        if self._is_recorded():
            return
        itself = compare(self.new, self.new, old_model=self._model, new_model=self._model)
        for broken in itself.breaks:
            if broken.direction is Direction.BACKWARD:  # each shows in the other direction too
                yield self.findings.of_itself(broken)
        revisions = self.snapshot.of_version(self.new.version)
        retained = [revision.contract for revision in revisions]
        history = check_all(retained, self.new, models=self._models(retained))
        for revision, verdict in zip(revisions, history.verdicts, strict=True):
            yield from (self.findings.within(broken, revision) for broken in verdict.breaks)
            yield from (self.findings.within(flag, revision) for flag in verdict.refused)
        yield from (self.findings.reused(flag, revisions) for flag in history.reused)
        for verdict in history.verdicts[-1:]:
            yield from (
                Notice(self.topic.name, flag.path, f"{flag.rule}: {flag.says}")
                for flag in verdict.flags
                if not flag.refused
            )

    def _as_written(self, known: Sequence[Finding]) -> Iterator[Finding]:
        """Try what is really written, changed or not: what a default or a serializer calls may be."""
        of_version = self.snapshot.of_version(self.new.version)
        # Where the old reader is known to reject what the schema allows, more examples say no more.
        told = any(each.direction is Direction.FORWARD for each in known)
        old = of_version[-1].contract if of_version and not told else None
        parser = None if old is None or old == self.new else self._old(old)
        for broken in written_breaks(self.new, self.topic.payload, old, parser):
            if broken.path not in {each.path for each in known}:
                yield self.findings.of_writing(broken)

    def _across_versions(self) -> Iterator[Finding]:
        """Try the upcasters of all that is retained, changed or not: somebody may have edited one."""
        older = [each for each in self.snapshot.revisions if each.version < self.new.version]
        missing = {
            version
            for version in range(min((each.version for each in older), default=0), self.new.version)
            if older and version not in self.topic.payload.upcasters
        }
        for version in sorted(missing):
            yield without_upcaster(self.topic, version, self.snapshot)
        for revision in older:
            if not any(version >= revision.version for version in missing):
                yield from self._tried(revision)

    def _tried(self, revision: Revision) -> Iterator[Finding]:
        old, model = revision.contract, self.topic.payload
        parser = self._old(old) if writes_checked(old) else None
        breaks = upcast_breaks(old, model, old_model=parser)
        # To ask is slow, and what the old model would not have written matters only where something is wrong.
        if breaks and parser is None and (parser := self._old(old)) is not None:
            breaks = upcast_breaks(old, model, old_model=parser)
        for broken in breaks:
            yield self.findings.of_upcasting(broken, revision)

    def _model(self, document: bytes) -> object:
        try:
            with limited():
                return self.topic.payload.model_validate_json(document)
        except TookTooLong as error:
            raise Rejected(str(error)) from error

    def _models(self, retained: list[Contract]) -> Mapping[Contract, Parser]:
        found = {each: parser for each in retained if (parser := self._old(each)) is not None}
        return {**found, self.new: self._model}

    def _old(self, contract: Contract) -> Parser | None:
        return None if self.old_models is None else self.old_models.parser(contract)


def held_against(
    pipeline: Pipeline,
    contracts: Mapping[str, Contract],
    snapshots: Mapping[str, Snapshot],
    *,
    old_models: "OldModels | None" = None,
) -> Iterator[Finding | Notice]:
    """Check each contract with the history of its topic; of one that has none, as a new topic."""
    for topic in pipeline.topics:
        if (new := contracts.get(topic.name)) is not None:
            snapshot = snapshots.get(topic.name, Snapshot(topic.name, ()))
            yield from TopicCheck(topic, new, snapshot, Findings(pipeline, topic, new), old_models).found()
