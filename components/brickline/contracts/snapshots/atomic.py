"""Files that are replaced whole and together."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from brickline.contracts.errors import UnwritableSnapshot


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Write all beside their places first, then move each there; put those moved back if one cannot be.

    Only a crash between two moves leaves some old and some new, each whole. Raises `UnwritableSnapshot`.
    """
    prepared: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            prepared[path] = _beside(path, content)
        _move(prepared)
    except OSError as error:
        raise UnwritableSnapshot(
            f"{error.filename2 or error.filename}: cannot be written ({error.strerror}): all files are as "
            "they were; see who may write there, and whether there is room"
        ) from error
    finally:
        for made in prepared.values():
            made.unlink(missing_ok=True)


def _beside(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
    except OSError:
        made.unlink(missing_ok=True)
        raise
    return made


def _move(prepared: Mapping[Path, Path]) -> None:
    moved: list[tuple[Path, bytes | None]] = []
    try:
        for path, made in prepared.items():
            before = path.read_bytes() if path.exists() else None
            made.replace(path)
            moved.append((path, before))
    except OSError:
        for path, before in moved:
            with suppress(OSError):
                path.unlink() if before is None else _beside(path, before).replace(path)
        raise
