"""What the subcommands that read code and snapshots do, from their options to their answers."""

from collections.abc import Sequence
from pathlib import Path

from brickline.contracts import Form, render, update
from brickline.standalone.contracts import recording, showing
from brickline.standalone.contracts.answer import FINE, FOUND, Answer, exit_code
from brickline.standalone.contracts.as_json import check_json
from brickline.standalone.contracts.checking import checked
from brickline.standalone.contracts.workspace import find_root, pipeline_of, snapshots_of
from brickline.standalone.screen import json_text


def run_check(base: str | None, *, as_json: bool) -> int:
    """Check the workspace of the current folder."""

    def work() -> Answer:
        root = find_root()
        found = checked(root, pipeline_of(root), snapshots_of(root), base)
        text = json_text(check_json(found)) if as_json else showing.text_of(found)
        return Answer(text, FINE if found.ok else FOUND)

    return exit_code(work)


def run_accept(topics: Sequence[str], *, as_json: bool) -> int:
    """Record what may be recorded."""

    def work() -> Answer:
        root = find_root()
        return recording.recorded(root, pipeline_of(root), snapshots_of(root), topics, as_json=as_json)

    return exit_code(work)


def run_graph(form: Form) -> int:
    """Draw the pipeline."""

    def work() -> Answer:
        root = find_root()
        # Only there older versions are shown; the others can be drawn though a snapshot is broken.
        recorded = snapshots_of(root).read() if form == "asyncapi" else {}
        return Answer(render(pipeline_of(root), form, recorded).rstrip("\n"))

    return exit_code(work)


def run_update() -> int:
    """Draw the kept files anew."""

    def work() -> Answer:
        root = find_root()
        written = update(root, pipeline_of(root), snapshots_of(root).read())
        names = ", ".join(_below(root, path) for path in written)
        return Answer(
            f"Written: {names}. Commit them." if written else "Nothing to write: all is as the code says."
        )

    return exit_code(work)


def _below(root: Path, path: Path) -> str:
    return str(path.relative_to(root) if path.is_absolute() else path)
