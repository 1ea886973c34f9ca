"""The envelope held against what is recorded of it: every reader of every topic reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel

from brickline.contracts.contract import Contract
from brickline.contracts.derive.envelope import ENVELOPE, ENVELOPE_VERSION, envelope_contract
from brickline.contracts.described import differences
from brickline.contracts.errors import AmbiguousPayload, MissingSnapshot
from brickline.contracts.gate.places import Place
from brickline.contracts.gate.report import Finding, FindingKind, Notice
from brickline.contracts.gate.sources import source_of
from brickline.contracts.gate.ways import Broken, ways_within
from brickline.contracts.pipeline import Party, Pipeline
from brickline.contracts.proof import Parser
from brickline.contracts.snapshots import Revision, Snapshot
from brickline.contracts.snapshots.names import restoring
from brickline.contracts.transitive import check_all
from brickline.contracts.verdict import Break, Flag

if TYPE_CHECKING:
    from brickline.contracts.old_side.models import OldModels

_OWNER = "CloudEvent"
_NO_VERSIONS = (
    "say it in an attribute of another name that may be missing (`name: type | None = None`), and go on "
    "writing the others: there are no versions of the envelope and no upcasters"
)


@dataclass(frozen=True)
class Envelope:
    """What the code says of it."""

    model: type[BaseModel]
    contract: Contract

    @classmethod
    def of(cls, model: type[BaseModel], pipeline: Pipeline) -> "Envelope":
        """Derive it. Raises `UnrepresentableModel`, and `AmbiguousPayload` if a payload has its name."""
        if (topic := pipeline.topic(ENVELOPE)) is not None:
            raise AmbiguousPayload(
                f"{topic.payload.__module__}.{topic.payload.__qualname__} has the topic {ENVELOPE!r}, by "
                "which the envelope of all events is recorded: call the topic something else"
            )
        return cls(model, envelope_contract(model))

    def held_against(
        self,
        snapshots: Mapping[str, Snapshot],
        pipeline: Pipeline,
        old_models: "OldModels | None" = None,
    ) -> Iterator[Finding | Notice]:
        """Yield all that is to be said, if a contract of it is recorded there."""
        if (snapshot := snapshots.get(ENVELOPE)) is None:
            return
        if snapshot.versions != (ENVELOPE_VERSION,):
            yield _out_of_turn(snapshot, pipeline)
        elif snapshot.newest.contract != self.contract:
            yield from self._changed(snapshot, pipeline, old_models)

    def has_changed_from(self, snapshots: Mapping[str, Snapshot]) -> bool:
        """Whether it is another than the one that is recorded there."""
        snapshot = snapshots.get(ENVELOPE)
        return snapshot is not None and (snapshot.gone or snapshot.newest.contract != self.contract)

    def _changed(
        self, snapshot: Snapshot, pipeline: Pipeline, old_models: "OldModels | None"
    ) -> Iterator[Finding | Notice]:
        revisions = snapshot.revisions
        retained = [revision.contract for revision in revisions]
        history = check_all(retained, self.contract, models=self._models(retained, old_models))
        broken: list[Finding] = []
        for revision, verdict in zip(revisions, history.verdicts, strict=True):
            broken += [_broken(each, revision, pipeline) for each in verdict.breaks]
            broken += [_broken(each, revision, pipeline) for each in verdict.refused]
        broken += [_broken(flag, revisions[0], pipeline) for flag in history.reused]
        yield from (replace(each, source=source_of(self.model)) for each in broken)
        for flag in history.verdicts[-1].flags:
            if not flag.refused:
                yield Notice(ENVELOPE, flag.path, f"{flag.rule}: {flag.says}")
        if not broken:
            says = "the change of the envelope is safe in both directions, and not on record yet"
            ways = (f"`brickline contracts accept {ENVELOPE}`, and commit the file that it writes",)
            found = _about(FindingKind.UNRECORDED, says, (), ways)
            yield replace(found, changes=differences(revisions[-1].contract, self.contract))

    def _models(self, retained: list[Contract], old_models: "OldModels | None") -> dict[Contract, Parser]:
        found: dict[Contract, Parser] = {}
        if old_models is not None:
            found = {each: parser for each in retained if (parser := old_models.parser(each)) is not None}
        return {**found, self.contract: self.model.model_validate_json}


def require_recorded(snapshots: Mapping[str, Snapshot]) -> None:
    """Raise `MissingSnapshot` if nothing is recorded of it."""
    if ENVELOPE not in snapshots:
        raise MissingSnapshot(
            f"no snapshot of the envelope, which every event is wrapped in: {restoring([ENVELOPE])}; if "
            f"git never had it, run `brickline contracts accept {ENVELOPE}`"
        )


def _out_of_turn(snapshot: Snapshot, pipeline: Pipeline) -> Finding:
    found = ", ".join(map(str, snapshot.versions)) or "none"
    says = f"of the envelope version {ENVELOPE_VERSION} is retained for good, and these are recorded: {found}"
    way = f"take it as it was, {restoring([ENVELOPE])}: nothing but `brickline contracts accept` adds to it"
    return _about(FindingKind.VERSION, says, _everybody(pipeline), (way,))


def _broken(each: Break | Flag, revision: Revision, pipeline: Pipeline) -> Finding:
    direction = each.direction if isinstance(each, Break) else None
    broken = Broken(each.rule, direction, Place(_OWNER, each.path.partition(".")[0]), each.says)
    *keeping, _ = ways_within(broken, _OWNER, ENVELOPE_VERSION, "")
    return Finding(
        topic=ENVELOPE,
        kind=FindingKind.BREAKS,
        path=each.path,
        rule=each.rule,
        direction=direction,
        against=f"version {revision.version}, revision {revision.number}",
        says=each.says,
        witness=each.witness,
        readers=_everybody(pipeline),
        ways_out=(*keeping, _NO_VERSIONS),
    )


def _about(kind: FindingKind, says: str, readers: tuple[Party, ...], ways: tuple[str, ...]) -> Finding:
    against = f"version {ENVELOPE_VERSION}"
    return Finding(ENVELOPE, kind, "$", kind, None, against, says, None, readers, ways)


def _everybody(pipeline: Pipeline) -> tuple[Party, ...]:
    return tuple(
        Party(each.service.name, each.service.tier, consumer.group_id, each.projects)
        for each in pipeline.services
        for consumer in each.service.consumers
    )
