"""`brickline contracts accept`: what was recorded, or why nothing was."""

from collections.abc import Sequence
from pathlib import Path

from brickline.contracts import Accepted, Pipeline, Refused, SnapshotFolder, accept
from brickline.standalone.contracts.answer import FOUND, Answer
from brickline.standalone.contracts.as_json import notices_json, report_json
from brickline.standalone.contracts.before import ModelsOfBefore
from brickline.standalone.contracts.checking import stale_files
from brickline.standalone.contracts.history import committed_topics
from brickline.standalone.contracts.page import Page
from brickline.standalone.contracts.showing import show_findings, show_notices, stale_text
from brickline.standalone.screen import json_text


def recorded(
    root: Path, pipeline: Pipeline, folder: SnapshotFolder, topics: Sequence[str], *, as_json: bool
) -> Answer:
    """Record what may be, in the topics named, else in all. Raises `ContractError`."""
    try:
        # Asked as in a check: what it calls safe can be recorded.
        with ModelsOfBefore(root, None) as old_models:
            committed = committed_topics(root)
            accepted = accept(pipeline, folder, topics or None, committed=committed, old_models=old_models)
    except Refused as refused:
        if as_json:
            return Answer(json_text({"accepted": [], **report_json(refused.report)}), FOUND)
        return Answer(_refused_text(refused), FOUND)
    out_of_date = stale_files(root, pipeline, folder.read())
    text = json_text(_json(accepted, out_of_date)) if as_json else _text(accepted, out_of_date)
    return Answer(text)


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
    show_notices(page, accepted.notices)
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
            for each in accepted.recorded
        ],
        "notices": notices_json(accepted.notices),
        "findings": [],
        "stale": [path.as_posix() for path in out_of_date],
    }
