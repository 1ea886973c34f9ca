"""The recording of what is safe."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel

from brickline.contracts.contract import Contract
from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.errors import MissingSnapshot, Refused, UnknownTopic
from brickline.contracts.gate.current import contract_of
from brickline.contracts.gate.envelope import Envelope
from brickline.contracts.gate.report import Finding, FindingKind, Notice
from brickline.contracts.gate.reporting import report_of
from brickline.contracts.gate.topic import held_against
from brickline.contracts.gate.turns import without_model
from brickline.contracts.pipeline import Pipeline, Problem
from brickline.contracts.snapshots import Revision, Snapshot, SnapshotFolder
from brickline.contracts.snapshots.names import restoring

if TYPE_CHECKING:
    from brickline.contracts.old_side.models import OldModels


@dataclass(frozen=True)
class Accepted:
    """What was put on record."""

    recorded: tuple[Revision, ...]
    """The new revisions, at most one per topic; none if all was on record."""
    notices: tuple[Notice, ...]
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By topic what is recorded of it anew, as in `Finding`."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the map, which keeps nothing from being recorded."""


def accept(
    pipeline: Pipeline,
    folder: SnapshotFolder,
    topics: Sequence[str] | None = None,
    *,
    committed: Collection[str] = (),
    old_models: "OldModels | None" = None,
    envelope: type[BaseModel] | None = None,
) -> Accepted:
    """Record new topics, safe changes and new versions of `topics`, of all if None: everything or nothing.

    `committed`: topics that have a snapshot in git; one that is missing here is not made up anew, which would
    lose its history. `old_models` are asked as in `check`, and the `envelope` is one more topic there. Raises
    `Refused`, `UnknownTopic`, `MissingSnapshot`, and what is wrong with the files.
    """
    around = None if envelope is None else Envelope.of(envelope, pipeline)
    with folder.held():
        recorded = folder.read()
        chosen = _chosen(pipeline, around, topics)
        _check_committed(chosen, recorded, committed)
        contracts = {each.topic: contract_of(each) for each in pipeline.payloads if each.topic in chosen}
        found = list(held_against(pipeline, contracts, recorded, old_models=old_models))
        if around is not None and ENVELOPE in chosen:
            contracts[ENVELOPE] = around.contract
            found += around.held_against(recorded, pipeline, old_models)
        if topics is None:
            kept = {ENVELOPE, *chosen}
            lost = [each for topic, each in recorded.items() if topic not in kept and not each.gone]
            found += map(without_model, lost)
        broken = [each for each in found if _speaks_against(each)]
        if broken:
            raise Refused(report_of(pipeline, contracts, broken, recorded, around))
        changed = _changed(contracts, recorded)
        folder.write(changed)
    notices = dict.fromkeys(each for each in found if isinstance(each, Notice))
    told = {each.topic: each.changes for each in found if isinstance(each, Finding)}
    return Accepted(tuple(each.newest for each in changed), tuple(notices), told, pipeline.problems())


def _chosen(pipeline: Pipeline, around: Envelope | None, topics: Sequence[str] | None) -> frozenset[str]:
    known = [payload.topic for payload in pipeline.payloads]
    known += [ENVELOPE] if around is not None else []
    unknown = [topic for topic in topics or () if topic not in known]
    if unknown:
        raise UnknownTopic(
            f"no payload has the topic {unknown[0]!r}: name one of {', '.join(known)}, or none for all"
        )
    return frozenset(known if topics is None else topics)


def _check_committed(
    chosen: Collection[str], recorded: Mapping[str, Snapshot], committed: Collection[str]
) -> None:
    lost = sorted(set(chosen) & set(committed) - recorded.keys())
    if lost:
        raise MissingSnapshot(
            f"the snapshots of {', '.join(map(repr, lost))} are in git and not here: {restoring(lost)}; made "
            "anew they would know of nothing before"
        )


def _speaks_against(each: Finding | Notice) -> bool:
    return isinstance(each, Finding) and each.kind is not FindingKind.UNRECORDED


def _changed(contracts: Mapping[str, Contract], recorded: Mapping[str, Snapshot]) -> list[Snapshot]:
    changed: list[Snapshot] = []
    for topic, contract in contracts.items():
        snapshot = recorded.get(topic, Snapshot(topic, ()))
        if snapshot.gone or snapshot.newest.contract != contract:
            number = len(snapshot.of_version(contract.version)) + 1
            revision = Revision(contract.version, number, contract)
            changed.append(replace(snapshot, revisions=(*snapshot.revisions, revision)))
    return changed
