"""`brickline contracts retire`: a version is given up only where nothing is seen to hold an event of it."""

from datetime import UTC, datetime

from brickline.contracts import check_retirable, retire
from brickline.standalone.commands import exit_code
from brickline.standalone.contracts.answer import FINE, FOUND, errors_as_json
from brickline.standalone.contracts.held import held_by, looked_into
from brickline.standalone.contracts.holders import Holders, Where, holders_of
from brickline.standalone.contracts.page import Page
from brickline.standalone.contracts.speaking import only_answers_on_stdout, write
from brickline.standalone.contracts.workspace import find_root, pipeline_of, snapshots_of
from brickline.standalone.screen import json_text
from brickline.standalone.wrong_option import WrongOption

__all__ = ["Where", "retire_version"]

_IN_HAND = (
    "What a consumer has in hand no queue shows: events of it that turn up later become dead letters that "
    "say which upcaster to bring back."
)


def retire_version(where: Where, topic: str, version: int, why: str, *, as_json: bool) -> int:
    """Look for events of the version; retire it where there are none."""

    async def run() -> int:
        with errors_as_json(as_json=as_json):
            holders = await looked_for()
        write(
            json_text(holders.as_json(topic, version)) if as_json else _text(holders, where, topic, version)
        )
        return FINE if holders.none else FOUND

    async def looked_for() -> Holders:
        if not why.strip():
            raise WrongOption("--why is empty: say it in a few words, for whoever wonders later.")
        root = find_root()
        with only_answers_on_stdout():
            folder, pipeline = snapshots_of(root), pipeline_of(root)
        check_retirable(folder.read(), topic, version, why=why, pipeline=pipeline)
        holders = await holders_of(pipeline, where, topic, version)
        if holders.none:
            today = datetime.now(UTC).date()
            retire(folder, topic, version, why=why.strip(), on=today, pipeline=pipeline)
        return holders

    return exit_code(run)


def _text(holders: Holders, where: Where, topic: str, version: int) -> str:
    page = Page()
    if holders.none:
        page.say(f"Retired {topic} version {version}: nothing was found that holds an event of it.")
        page.say(_IN_HAND)
        page.say(f"Commit the snapshot. What upcasts from version {version} may go now.")
    else:
        page.say(f"{topic} version {version} is not retired: it is still held, or may be.")
        for held in held_by(holders):
            page.item(held)
    page.say(looked_into(holders, where))
    if holders.unheard_of:
        page.say(f"Warning: no event of {topic} was ever read there. Is it the place where the services run?")
    return page.text
