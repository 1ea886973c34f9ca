"""What a check found, for programs: nothing is shortened."""

from collections.abc import Iterable

from brickline.contracts import Finding, Notice, Party, Problem, Report, Rollout, Witness
from brickline.standalone.contracts.checking import Checked


def check_json(checked: Checked) -> dict[str, object]:
    """Return a whole check."""
    return {
        "ok": checked.ok,
        "base": checked.base,
        "base_has_snapshots": None if checked.base is None else not checked.base_is_bare,
        "looked_at": {
            "topics": checked.topics,
            "versions": checked.versions,
            "consumers": checked.consumers,
            "projects": checked.projects,
        },
        **report_json(checked.report),
        "without_models": checked.without_models or None,
        "stale": [path.as_posix() for path in checked.stale],
    }


def report_json(report: Report) -> dict[str, object]:
    """Return what became of the comparison."""
    return {
        "findings": [_finding(each) for each in report.findings],
        "notices": notices_json(report.notices),
        "changes": [
            {"topic": each.topic, "order": each.order.value, "why": each.why} for each in report.changes
        ],
        "rollout": rollout_json(report.rollout),
        "problems": problems_json(report.problems),
    }


def problems_json(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Return what is wrong with the map."""
    return [{"kind": each.kind.value, "says": each.says} for each in problems]


def notices_json(notices: Iterable[Notice]) -> list[dict[str, str]]:
    """Return what is worth a look."""
    return [{"topic": each.topic, "path": each.path, "says": each.says} for each in notices]


def rollout_json(rollout: Rollout) -> dict[str, object]:
    """Return the order to deploy in."""
    return {
        "steps": [list(step) for step in rollout.steps],
        "alone": list(rollout.alone),
        "reasons": list(rollout.reasons),
        "conflicts": list(rollout.conflicts),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "topic": finding.topic,
        "kind": finding.kind.value,
        "path": finding.path,
        "rule": str(finding.rule),
        "direction": finding.direction.value if finding.direction else None,
        "against": finding.against,
        "says": finding.says,
        "witness": None if finding.witness is None else _witness(finding.witness),
        "readers": [_party(each) for each in finding.readers],
        "ways_out": list(finding.ways_out),
        "changes": list(finding.changes),
        "model": finding.source and {"file": finding.source.file.as_posix(), "line": finding.source.line},
    }


def _witness(witness: Witness) -> dict[str, object]:
    return {"document": witness.document, "proof": witness.proof.value, "complaint": witness.complaint}


def _party(party: Party) -> dict[str, object]:
    return {
        "service": party.service,
        "tier": party.tier,
        "group": party.group_id,
        "projects": list(party.projects),
    }
