"""One finding in place of several that differ only in what the code was held against."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from brickline.contracts.gate.report import Finding
from brickline.contracts.verdict import Proof

_REVISION = re.compile(r"(version \d+), revision (\d+)(.*)")
_PROOFS = (Proof.MODEL, Proof.SCHEMA, Proof.NONE)


def folded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each once, in the order in which they first came, with the best of their witnesses."""
    groups: dict[Finding, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(replace(finding, against="", witness=None), []).append(finding)
    return tuple(_one(group) for group in groups.values())


def _one(group: list[Finding]) -> Finding:
    witnesses = [finding.witness for finding in group if finding.witness is not None]
    best = min(witnesses, key=lambda witness: _PROOFS.index(witness.proof), default=None)
    against = _listed(list(dict.fromkeys(finding.against for finding in group)))
    return replace(group[0], against=against, witness=best)


def _listed(names: list[str]) -> str:
    """Write `version 1, revisions 1 and 2; version 2, revision 1`."""
    parts = [match.groups() if (match := _REVISION.fullmatch(name)) else (name, "", "") for name in names]
    return "; ".join(
        _of_one_version(version, [number for _, number, _ in group], whose)
        for (version, whose), group in groupby(parts, key=lambda part: (part[0], part[2]))
    )


def _of_one_version(version: str, numbers: list[str], whose: str) -> str:
    if numbers == [""]:
        return version + whose
    *others, last = numbers
    shown = f"revisions {', '.join(others)} and {last}" if others else f"revision {last}"
    return f"{version}, {shown}{whose}"
