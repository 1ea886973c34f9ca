"""What a check found, for whoever has to act on it, maybe at three in the morning."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from brickline.contracts import FindingKind, Notice, Problem, Rollout
from brickline.standalone.contracts.checking import Checked
from brickline.standalone.contracts.findings_text import show_findings
from brickline.standalone.contracts.page import Page
from brickline.standalone.screen import counted


def text_of(checked: Checked) -> str:
    """Return all of it: what breaks first, what to do last."""
    page = Page()
    show_findings(page, checked.report.findings)
    if checked.without_models:
        page.gap()
        page.say(f"What old readers reject was tried on their schemas, for {checked.without_models}.")
    show_problems(page, checked.report.problems)
    if _shows_stale(checked):
        page.gap()
        page.say(stale_text(checked.stale))
    show_notices(page, checked.report.notices)
    if checked.report.breaks:
        page.gap()
        page.say("No order to deploy what breaks: mend the findings first.")
    if checked.report.changes:
        show_rollout(page, checked.report.rollout)
    page.gap()
    page.say(_conclusion(checked))
    return page.text


def show_problems(page: Page, problems: Sequence[Problem]) -> None:
    """Show what is wrong with the map."""
    if problems:
        page.gap()
        page.say("The map of the pipeline is wrong:")
        for problem in problems:
            page.item(f"{problem.kind.value}: {problem.says}")


def _shows_stale(checked: Checked) -> bool:
    """Whether files are to be drawn anew: while something breaks they would have to be once more after it."""
    return bool(checked.stale) and not checked.report.breaks


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
    looked = (
        f"{counted(checked.topics, 'topic')}, {counted(checked.versions, 'version')}, "
        f"{counted(checked.consumers, 'consumer')} in {counted(checked.projects, 'project')}, "
        f"{_against(checked)}: "
    )
    return looked + (", ".join(_found(checked)) or "nothing breaks") + "."


def _against(checked: Checked) -> str:
    if checked.base is None:
        return "snapshots taken at their word (no --base)"
    if checked.base_is_bare:
        return f"not held against {checked.base}, which has no snapshots"
    return f"held against {checked.base}, too"


def _found(checked: Checked) -> Iterator[str]:
    report = checked.report
    recordable = sum(finding.kind is FindingKind.UNRECORDED for finding in report.findings)
    if broken := len(report.findings) - recordable:
        yield f"{counted(broken, 'finding')} to mend"
    if recordable:
        yield f"{counted(recordable, 'safe change')} to record: brickline contracts accept"
    if report.problems:
        yield f"{counted(len(report.problems), 'problem')} of the map"
    if _shows_stale(checked):
        yield f"{counted(len(checked.stale), 'file')} out of date"
