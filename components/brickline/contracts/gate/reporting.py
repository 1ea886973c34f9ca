"""All that was found, in one order, with what is to be deployed when."""

from collections.abc import Iterable, Mapping

from brickline.contracts.contract import Contract
from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.gate.changes import changes
from brickline.contracts.gate.envelope import Envelope
from brickline.contracts.gate.everybody import change_of_envelope, with_everybody
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
    envelope: Envelope | None = None,
) -> Report:
    """Put it together; `known` is what the contracts and the envelope changed from.

    There is no order for a topic that is to be mended first.
    """
    found = list(found)
    findings = [each for each in found if isinstance(each, Finding)]
    broken = {each.topic for each in findings if each.kind is not FindingKind.UNRECORDED}
    changed = tuple(each for each in changes(contracts, known) if each.topic not in broken)
    order = rollout(pipeline, changed)
    if envelope is not None and ENVELOPE not in broken and envelope.has_changed_from(known):
        changed, order = (*changed, change_of_envelope()), with_everybody(order, pipeline)
    places = {topic: place for place, topic in enumerate(contracts)}

    def place_of(finding: Finding) -> tuple[object, ...]:
        direction = finding.direction or ""
        place = places.get(finding.topic, len(places))
        kind = _KINDS.index(finding.kind)
        return (place, finding.topic, kind, finding.path, direction, finding.rule, finding.says)

    return Report(
        findings=tuple(sorted(folded(findings), key=place_of)),
        notices=tuple(dict.fromkeys(each for each in found if isinstance(each, Notice))),
        changes=changed,
        rollout=order,
        problems=pipeline.problems(),
    )
