"""What the subcommands that read code and snapshots do, from their options to their answers."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from brickline.contracts import Form, render, update
from brickline.standalone.contracts import recording, showing
from brickline.standalone.contracts.answer import FINE, FOUND, Answer, exit_code
from brickline.standalone.contracts.as_json import check_json
from brickline.standalone.contracts.checking import Checked, checked
from brickline.standalone.contracts.workspace import find_root, pipeline_of, snapshots_of
from brickline.standalone.screen import json_text


def run_check(base: str | None, *, as_json: bool) -> int:
    """Check the workspace of the current folder."""

    def find() -> Checked:
        root = find_root()
        with _without_collections():
            return checked(root, pipeline_of(root), snapshots_of(root), base)

    def tell(found: Checked) -> Answer:
        text = json_text(check_json(found)) if as_json else showing.text_of(found)
        return Answer(text, FINE if found.ok else FOUND)

    return exit_code(find, tell, as_json=as_json)


def run_accept(topics: Sequence[str], *, as_json: bool) -> int:
    """Record what may be recorded."""

    def find() -> recording.Recorded:
        root = find_root()
        return recording.recorded(root, pipeline_of(root), snapshots_of(root), topics)

    return exit_code(find, lambda found: recording.answer_of(found, as_json=as_json), as_json=as_json)


def run_graph(form: Form) -> int:
    """Draw the pipeline."""

    def find() -> str:
        root = find_root()
        # Only there older versions are shown; the others can be drawn though a snapshot is broken.
        recorded = snapshots_of(root).read() if form == "asyncapi" else {}
        return render(pipeline_of(root), form, recorded)

    return exit_code(find, lambda drawn: Answer(drawn.rstrip("\n")))


def run_update() -> int:
    """Draw the kept files anew."""

    def find() -> list[str]:
        root = find_root()
        written = update(root, pipeline_of(root), snapshots_of(root).read())
        return [_below(root, path) for path in written]

    def tell(names: list[str]) -> Answer:
        if names:
            return Answer(f"Written: {', '.join(names)}. Commit them.")
        return Answer("Nothing to write: all is as the code says.")

    return exit_code(find, tell)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Hold garbage collections back: a check makes many documents and little garbage that needs one."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _below(root: Path, path: Path) -> str:
    return str(path.relative_to(root) if path.is_absolute() else path)
