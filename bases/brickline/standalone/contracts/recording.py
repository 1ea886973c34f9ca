"""`brickline contracts accept`: what was recorded, or why nothing was."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brickline.contracts import Accepted, Pipeline, Refused, SnapshotFolder, accept
from brickline.schemas import Envelope
from brickline.standalone.contracts.answer import FOUND, Answer
from brickline.standalone.contracts.as_json import notices_json, problems_json, report_json
from brickline.standalone.contracts.before import ModelsOfBefore
from brickline.standalone.contracts.checking import stale_files
from brickline.standalone.contracts.findings_text import show_changes, show_findings
from brickline.standalone.contracts.history import committed_topics
from brickline.standalone.contracts.page import Page
from brickline.standalone.contracts.showing import (
    show_notices,
    show_problems,
    stale_text,
)
from brickline.standalone.screen import json_text


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of it."""

    accepted: Accepted | Refused
    out_of_date: tuple[Path, ...] = ()
    """Kept files that no longer show the pipeline, from the workspace's root."""


def recorded(root: Path, pipeline: Pipeline, folder: SnapshotFolder, topics: Sequence[str]) -> Recorded:
    """Record what may be, in the topics named, else in all. Raises `ContractError`."""
    try:
        # Asked as in a check: what it calls safe can be recorded.
        with ModelsOfBefore(root, None) as old_models:
            committed = committed_topics(root) or ()
            accepted = accept(
                pipeline,
                folder,
                topics or None,
                committed=committed,
                old_models=old_models,
                envelope=Envelope,
            )
    except Refused as refused:
        return Recorded(Refused(refused.report.below(root)))
    return Recorded(accepted, stale_files(root, pipeline, folder.read()))


def answer_of(found: Recorded, *, as_json: bool) -> Answer:
    """Return what to say of it."""
    accepted, out_of_date = found.accepted, found.out_of_date
    if isinstance(accepted, Refused):
        whole = {"accepted": [], **report_json(accepted.report)}
        return Answer(json_text(whole) if as_json else _refused_text(accepted), FOUND)
    return Answer(json_text(_json(accepted, out_of_date)) if as_json else _text(accepted, out_of_date))


def _refused_text(refused: Refused) -> str:
    page = Page()
    show_findings(page, refused.report.findings)
    page.gap()
    page.say("Nothing was recorded.")
    return page.text


def _text(accepted: Accepted, out_of_date: Sequence[Path]) -> str:
    page = Page()
    for revision in accepted.recorded:
        number = f", revision {revision.number}" if revision.number > 1 else ""
        page.say(f"Recorded {revision.contract.topic} version {revision.version}{number}.")
        show_changes(page, accepted.changes.get(revision.contract.topic, ()))
    show_notices(page, accepted.notices)
    show_problems(page, accepted.problems)
    page.gap()
    page.say(
        "Commit the snapshots with the models."
        if accepted.recorded
        else "Nothing to record: all is on record."
    )
    if out_of_date:
        page.say(stale_text(out_of_date))
    return page.text


def _json(accepted: Accepted, out_of_date: Sequence[Path]) -> dict[str, object]:
    return {
        "accepted": [
            {"topic": each.contract.topic, "version": each.version, "revision": each.number}
            | {"changes": list(accepted.changes.get(each.contract.topic, ()))}
            for each in accepted.recorded
        ],
        "notices": notices_json(accepted.notices),
        "problems": problems_json(accepted.problems),
        "findings": [],
        "stale": [path.as_posix() for path in out_of_date],
    }
