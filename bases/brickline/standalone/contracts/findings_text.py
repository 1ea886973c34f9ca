"""The findings of a check, each with its document, whom it concerns, and the ways out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from brickline.contracts import Finding, FindingKind, Proof, Witness
from brickline.standalone.contracts.document import compact
from brickline.standalone.contracts.page import Page

_HEADLINES = {
    FindingKind.BREAKS: "breaks",
    FindingKind.UPCASTER: "its upcasters do not read an older version",
    FindingKind.VERSION: "its version is not the next one",
    FindingKind.REMOVED: "takes away what may still be read",
    FindingKind.UNRECORDED: "safe, and not recorded yet",
    FindingKind.REWRITTEN: "its history was rewritten",
}


_MOST_CHANGES = 20


def show_findings(page: Page, findings: Sequence[Finding]) -> None:
    """Show each, those of one topic and kind together, and the same ways out of a topic once."""
    told: dict[tuple[str, ...], str] = {}
    for (topic, kind), group in groupby(findings, key=lambda each: (each.topic, each.kind)):
        page.gap()
        page.say(f"{topic}: {_HEADLINES.get(kind, kind.value)}")
        for finding in group:
            page.gap()
            _show_finding(page, finding)
            _show_ways_out(page, finding, told)


def _show_ways_out(page: Page, finding: Finding, told: dict[tuple[str, ...], str]) -> None:
    before = told.setdefault((finding.topic, *finding.ways_out), name := _name(finding))
    if before != name:
        page.labelled("ways out", f"as for {before}, above", 4)
        return
    for label, way in _labelled("ways out", finding.ways_out):
        page.wrapped(label, f"- {way}", 4)


def _name(finding: Finding) -> str:
    side = f" ({finding.direction.value})" if finding.direction else ""
    return f"{finding.path or '$'}: {finding.rule}{side}"


def _show_finding(page: Page, finding: Finding) -> None:
    against = f", against {finding.against}" if finding.against else ""
    page.say(f"{_name(finding)}{against}", 2)
    page.say(_sentence(finding.says), 4, 2)
    show_changes(page, finding.changes, 4)
    if finding.witness:
        _show_witness(page, finding.witness)
    for label, reader in _labelled("breaks", map(str, finding.readers)):
        page.labelled(label, reader, 4)
    if finding.source:
        page.labelled("model", str(finding.source), 4)


def show_changes(page: Page, changes: Sequence[str], indent: int = 2) -> None:
    """Show what a safe change is: the first lines of it."""
    for change in changes[:_MOST_CHANGES]:
        page.say(change, indent, 2)
    if len(changes) > _MOST_CHANGES:
        page.say(f"and {len(changes) - _MOST_CHANGES} more", indent)


def _show_witness(page: Page, witness: Witness) -> None:
    page.keep("document", compact(witness.document), 4)
    if witness.proof is Proof.NONE:
        page.labelled("rejected by", "nothing that could be asked: it is an example of what is in doubt", 4)
    else:
        said = f": {witness.complaint}" if witness.complaint else ""
        page.labelled("rejected by", f"{witness.proof.value}{said}", 4)


def _labelled(label: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Put the label before the first alone."""
    for number, text in enumerate(texts):
        yield "" if number else label, text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
