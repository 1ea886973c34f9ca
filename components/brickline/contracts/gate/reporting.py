"""All that was found, in one order, with what is to be deployed when."""

from collections.abc import Iterable, Mapping

from brickline.contracts.contract import Contract
from brickline.contracts.gate.changes import changes
from brickline.contracts.gate.folding import folded
from brickline.contracts.gate.report import Finding, FindingKind, Notice, Report
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.rollout import rollout
from brickline.contracts.snapshots import Snapshot

_KINDS = list(FindingKind)


def report_of(
    pipeline: Pipeline,
    contracts: Mapping[str, Contract],
    found: Iterable[Finding | Notice],
    known: Mapping[str, Snapshot],
) -> Report:
    """Put it together; `known` is what the contracts changed from."""
    found = list(found)
    findings = [each for each in found if isinstance(each, Finding)]
    changed = tuple(changes(contracts, known))
    places = {topic: place for place, topic in enumerate(contracts)}

    def order(finding: Finding) -> tuple[object, ...]:
        direction = finding.direction or ""
        place = places.get(finding.topic, len(places))
        kind = _KINDS.index(finding.kind)
        return (place, finding.topic, kind, finding.path, direction, finding.rule, finding.says)

    return Report(
        findings=tuple(sorted(folded(findings), key=order)),
        notices=tuple(dict.fromkeys(each for each in found if isinstance(each, Notice))),
        changes=changed,
        rollout=rollout(pipeline, changed),
        problems=pipeline.problems(),
    )
