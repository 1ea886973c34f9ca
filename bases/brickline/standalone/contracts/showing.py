"""What a check found, for whoever has to act on it, maybe at three in the morning."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from brickline.contracts import Finding, FindingKind, Notice, Proof, Rollout, Witness
from brickline.standalone.contracts.checking import Checked
from brickline.standalone.contracts.document import compact
from brickline.standalone.contracts.page import Page
from brickline.standalone.screen import counted

_HEADLINES = {
    FindingKind.BREAKS: "breaks",
    FindingKind.UPCASTER: "its upcasters do not read an older version",
    FindingKind.VERSION: "its version is not the next one",
    FindingKind.REMOVED: "takes away what may still be read",
    FindingKind.UNRECORDED: "safe, and not recorded yet",
    FindingKind.REWRITTEN: "its history was rewritten",
}


def text_of(checked: Checked) -> str:
    """Return all of it: what breaks first, what to do last."""
    page = Page()
    show_findings(page, checked.report.findings)
    if checked.without_models:
        page.gap()
        page.say(f"What old readers reject was tried on their schemas, for {checked.without_models}.")
    _show_problems(page, checked)
    show_notices(page, checked.report.notices)
    if checked.report.changes:
        show_rollout(page, checked.report.rollout)
    page.gap()
    page.say(_conclusion(checked))
    return page.text


def show_findings(page: Page, findings: Sequence[Finding]) -> None:
    """Show each, those of one topic and kind together."""
    for (topic, kind), group in groupby(findings, key=lambda each: (each.topic, each.kind)):
        page.gap()
        page.say(f"{topic}: {_HEADLINES.get(kind, kind.value)}")
        for finding in group:
            page.gap()
            _show_finding(page, finding)


def _show_finding(page: Page, finding: Finding) -> None:
    side = f" ({finding.direction.value})" if finding.direction else ""
    against = f", against {finding.against}" if finding.against else ""
    page.say(f"{finding.path or '$'}: {finding.rule}{side}{against}", 2)
    page.say(_sentence(finding.says), 4, 2)
    if finding.witness:
        _show_witness(page, finding.witness)
    for label, reader in _labelled("breaks", map(str, finding.readers)):
        page.labelled(label, reader, 4)
    for label, way in _labelled("ways out", finding.ways_out):
        page.labelled(label, f"- {way}", 4)


def _show_witness(page: Page, witness: Witness) -> None:
    page.keep("document", compact(witness.document), 4)
    if witness.proof is Proof.NONE:
        page.labelled("rejected by", "nothing that could be asked: it is an example of what is in doubt", 4)
    else:
        said = f": {witness.complaint}" if witness.complaint else ""
        page.labelled("rejected by", f"{witness.proof.value}{said}", 4)


def _show_problems(page: Page, checked: Checked) -> None:
    if checked.report.problems:
        page.gap()
        page.say("The map of the pipeline is wrong:")
        for problem in checked.report.problems:
            page.item(f"{problem.kind.value}: {problem.says}")
    if checked.stale:
        page.gap()
        page.say(stale_text(checked.stale))


def stale_text(files: Iterable[Path]) -> str:
    """Say which kept files are out of date."""
    names = ", ".join(map(str, files))
    return f"No longer what the code says: {names}. Draw it anew: brickline contracts graph --update"


def show_notices(page: Page, notices: Sequence[Notice]) -> None:
    """Show what breaks nothing."""
    if notices:
        page.gap()
        page.say("Worth a look; nothing breaks by it:")
        for notice in notices:
            page.item(f"{notice.topic}, {notice.path}: {notice.says}")


def show_rollout(page: Page, rollout: Rollout) -> None:
    """Show which projects to deploy, in which order."""
    page.gap()
    if rollout.conflicts:
        page.say("There is no order to deploy this in, old and new side by side:")
        for conflict in rollout.conflicts:
            page.item(conflict)
    elif rollout.steps:
        _show_steps(page, rollout.steps)
    if rollout.alone:
        page.say(f"At any time, as a whole: {', '.join(rollout.alone)}.", 2, 2)
    for reason in rollout.reasons:
        page.item(reason)


def _show_steps(page: Page, steps: Sequence[Sequence[str]]) -> None:
    if len(steps) == 1:
        page.say(f"Deploy in any order, old and new side by side: {', '.join(steps[0])}.")
        return
    page.say("Deploy in this order, old and new side by side:")
    for number, step in enumerate(steps, start=1):
        page.say(f"{number}. {', '.join(step)}", 2, 3)


def _conclusion(checked: Checked) -> str:
    against = f", held against {checked.base}, too" if checked.base else ""
    looked = (
        f"{counted(checked.topics, 'topic')}, {counted(checked.versions, 'version')}, "
        f"{counted(checked.consumers, 'consumer')} in {counted(checked.projects, 'project')}{against}: "
    )
    return looked + (", ".join(_found(checked)) or "nothing breaks") + "."


def _found(checked: Checked) -> Iterator[str]:
    report = checked.report
    recordable = sum(finding.kind is FindingKind.UNRECORDED for finding in report.findings)
    if broken := len(report.findings) - recordable:
        yield f"{counted(broken, 'finding')} to mend"
    if recordable:
        yield f"{counted(recordable, 'safe change')} to record: brickline contracts accept"
    if report.problems:
        yield f"{counted(len(report.problems), 'problem')} of the map"
    if checked.stale:
        yield f"{counted(len(checked.stale), 'file')} out of date"


def _labelled(label: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Put the label before the first alone."""
    for number, text in enumerate(texts):
        yield "" if number else label, text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
