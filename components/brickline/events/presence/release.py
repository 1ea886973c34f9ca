"""Which build a process runs, and which processes belong together."""

import re
from dataclasses import dataclass

from brickline.events.errors import EventsError

RELEASE = r"[A-Za-z0-9][A-Za-z0-9._+:/@-]{0,99}"
DEPLOYMENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@dataclass(frozen=True, slots=True)
class Release:
    """A build by its name, and the deployment it runs in: processes of different ones do not warn each other.

    Raises `EventsError` for a name that is empty, long, or of other characters than names of releases have.
    """

    name: str = "unreleased"
    deployment: str = "default"

    def __post_init__(self) -> None:
        for what, value, form in (
            ("release", self.name, RELEASE),
            ("deployment", self.deployment, DEPLOYMENT),
        ):
            if not re.fullmatch(form, value):
                raise EventsError(f"{value!r} is no name of a {what}: it is to match {form}")


UNRELEASED = Release()
"""Of a process that was not told."""
