"""The pipeline drawn: for people, for tools, and the drawings that are kept in the repository."""

from brickline.contracts.maps.forms import Form, render
from brickline.contracts.maps.kept import kept_files, stale, update

__all__ = ["Form", "kept_files", "render", "stale", "update"]
