"""Which folders may hold data: never one with what somebody else keeps there."""

from pathlib import Path

from brickline.embedded import DataDirectoryError, holds_data
from brickline.standalone.settings import KEY_FILE

DEFAULT_DATA = Path(".brickline")
"""Where `brickline up` keeps its data unless told otherwise."""

_OF_FILE_SYSTEMS = {"lost+found"}  # in a freshly mounted volume


def require_ours(folder: Path) -> None:
    """Raise `DataDirectoryError` where there are other things than a standalone's data."""
    if not is_empty(folder) and not _is_ours(folder):
        raise DataDirectoryError(
            folder,
            "it is not empty, and what it holds is no data of Brickline",
            "Choose an empty directory, a new one, or one that `brickline up` or `demo` made.",
        )


def is_empty(folder: Path) -> bool:
    """Tell whether nothing is there. What cannot be listed counts: who opens it says what is wrong."""
    try:
        return {entry.name for entry in folder.iterdir()} <= _OF_FILE_SYSTEMS
    except OSError:
        return True


def _is_ours(folder: Path) -> bool:
    server = folder / "postgres"
    return (
        # The servers of `make services` and the like are below it, too, and may have been the first.
        folder.absolute().name == DEFAULT_DATA.name
        or (folder / KEY_FILE).is_file()
        or holds_data(server)
        or (server / "lock").is_file()  # ended before its data were whole
    )
