"""The catalogue of a models file, read again when the file changes."""

import time
from pathlib import Path
from typing import TypeAlias

from brickline.llm_routing.models.catalogue import DEFAULT_CATALOGUE, Catalogue
from brickline.llm_routing.models.catalogue_errors import ModelsFileError
from brickline.llm_routing.models.models_file import load_catalogue
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_Look: TypeAlias = tuple[int, int, int] | None
"""Modification time, size and inode; None: there is no file."""


class CatalogueFile:
    """The models file at `path`, or the built-in catalogue without one.

    Raises `ModelsFileError` if the file cannot be used at the start. Later, a change is read once the file
    has stood still for `look_every_s` seconds, so that an edit that is under way is not; one that cannot be
    used leaves the catalogue as it was, and `problem` says why.
    """

    def __init__(self, path: Path | None, *, look_every_s: float = 1.0) -> None:
        self._path = path
        self._look_every_s = look_every_s
        self._looked_at = time.monotonic()
        self._read = self._seen = None if path is None else _look(path)
        self._catalogue = DEFAULT_CATALOGUE if path is None else load_catalogue(path)
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why the file as it is now is not used; None: it is."""
        return self._problem

    def current(self) -> Catalogue:
        """Return the catalogue, the same object for as long as the file says the same.

        Looks at the file, on the caller's time, at most every `look_every_s` seconds.
        """
        if self._path is not None and time.monotonic() - self._looked_at >= self._look_every_s:
            self._looked_at = time.monotonic()
            before, self._seen = self._seen, _look(self._path)
            if self._seen == before and self._seen != self._read:
                self._read = self._seen
                self._load(self._path)
        return self._catalogue

    def _load(self, path: Path) -> None:
        try:
            catalogue = load_catalogue(path)
        except ModelsFileError as error:
            self._problem = str(error)
            _log.error("llm.models_file_not_used", path=str(path), problems=list(error.problems))
            return
        self._problem = None
        if catalogue != self._catalogue:
            self._catalogue = catalogue
        _log.info("llm.models_file_read", path=str(path), models=len(catalogue.models))


def _look(path: Path) -> _Look:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
