"""`brickline contracts retire`: a version is given up only where nothing can hold an event of it."""

from datetime import UTC, datetime

from brickline.contracts import Snapshot, UnretirableVersion, retire
from brickline.standalone.commands import exit_code
from brickline.standalone.contracts.answer import FINE, FOUND, write
from brickline.standalone.contracts.held import held_by
from brickline.standalone.contracts.holders import Holders, Where, holders_of
from brickline.standalone.contracts.page import Page
from brickline.standalone.contracts.workspace import find_root, pipeline_of, snapshots_of
from brickline.standalone.screen import json_text
from brickline.standalone.wrong_option import WrongOption

__all__ = ["Where", "retire_version"]


def retire_version(where: Where, topic: str, version: int, why: str, *, as_json: bool) -> int:
    """Look for events of the version; retire it where there are none."""

    async def run() -> int:
        if not why.strip():
            raise WrongOption("--why is empty: say it in a few words, for whoever wonders later.")
        root = find_root()
        folder, pipeline = snapshots_of(root), pipeline_of(root)
        _require_old(folder.read().get(topic), topic, version, in_code=pipeline.topic(topic) is not None)
        holders = await holders_of(pipeline, where, topic, version)
        if holders.none:
            today = datetime.now(UTC).date()
            retire(folder, topic, version, why=why.strip(), on=today, pipeline=pipeline)
        write(json_text(holders.as_json(topic, version)) if as_json else _text(holders, topic, version))
        return FINE if holders.none else FOUND

    return exit_code(run)


def _require_old(snapshot: Snapshot | None, topic: str, version: int, *, in_code: bool) -> None:
    """Raise `UnretirableVersion` for what there is no use in looking for."""
    if snapshot is None or version not in snapshot.versions:
        kept = ", ".join(map(str, snapshot.versions)) if snapshot else ""
        raise UnretirableVersion(
            f"{topic!r} version {version} is not retained: of this topic {kept or 'no version'} is"
        )
    if in_code and version == snapshot.newest.version:
        raise UnretirableVersion(
            f"{topic!r} version {version} is not retired: it is the newest, which is written today. Make a "
            "new version first, or remove the topic's payload"
        )


def _text(holders: Holders, topic: str, version: int) -> str:
    page = Page()
    if holders.none:
        page.say(f"Retired {topic} version {version}: nothing holds an event of it. Commit the snapshot.")
        page.say(f"What upcasts from version {version} may go now.")
        return page.text
    page.say(f"{topic} version {version} is not retired: it is still held, or may be.")
    for held in held_by(holders):
        page.item(held)
    return page.text
