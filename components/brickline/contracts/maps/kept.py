"""The drawings that are kept in the repository, to be seen where people look."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from brickline.contracts.errors import UnplacedMap
from brickline.contracts.maps.forms import NOTHING_RECORDED, Recorded, render
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.snapshots.atomic import replace_all

BEGIN = "<!-- map: begin"
END = "<!-- map: end -->"
_BEGIN_LINE = f"{BEGIN} (drawn by `brickline contracts graph --update`) -->"
_WHAT_TO_DO = f"put the lines `{_BEGIN_LINE}` and `{END}` where the picture belongs, once, in this order"


def kept_files(root: Path, pipeline: Pipeline, recorded: Recorded = NOTHING_RECORDED) -> Mapping[Path, str]:
    """Return what the repository at `root` should hold: the AsyncAPI document, the README with its picture.

    Raises `UnplacedMap` if the README has no place for it, or more than one; `UnrepresentableModel`.
    """
    readme = root / "README.md"
    return {
        root / "docs" / "asyncapi.json": render(pipeline, "asyncapi", recorded),
        readme: _with_picture(readme, render(pipeline, "mermaid")),
    }


def stale(root: Path, pipeline: Pipeline, recorded: Recorded = NOTHING_RECORDED) -> tuple[Path, ...]:
    """Return the files that are missing or are not as they should be. Raises what `kept_files` raises."""
    return tuple(
        path for path, text in kept_files(root, pipeline, recorded).items() if _held(path) != text.encode()
    )


def update(root: Path, pipeline: Pipeline, recorded: Recorded = NOTHING_RECORDED) -> tuple[Path, ...]:
    """Bring stale files up to date, all or none, and return them.

    Raises what `kept_files` raises, and `UnwritableSnapshot`.
    """
    wanted = kept_files(root, pipeline, recorded)
    old = tuple(path for path, text in wanted.items() if _held(path) != text.encode())
    for path in old:
        with suppress(OSError):  # what stands in the way is told of when the file is written
            path.parent.mkdir(exist_ok=True)
    # Where a link leads the content belongs, too; the link itself stays.
    replace_all({path.resolve(): wanted[path].encode() for path in old})
    return old


def _held(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _with_picture(readme: Path, picture: str) -> str:
    try:
        text = readme.read_bytes().decode()
    except (OSError, UnicodeError) as error:
        raise UnplacedMap(f"{readme} cannot be read: {error}. The map's picture belongs into it") from error
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(END) < text.index(BEGIN):
        raise UnplacedMap(f"{readme} does not say where the map's picture belongs: {_WHAT_TO_DO}")
    before, rest = text.split(BEGIN)
    begin, _, after = rest.partition(END)
    newline = "\r\n" if begin.partition("\n")[0].endswith("\r") else "\n"
    drawn = f"{_BEGIN_LINE}\n```mermaid\n{picture}```\n{END}".replace("\n", newline)
    return f"{before}{drawn}{after}"
