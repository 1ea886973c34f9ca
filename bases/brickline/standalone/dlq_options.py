"""From the options of `brickline dlq` to what the desk takes."""

import getpass
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from brickline.events import LetterFilter, LetterState, ReplayOrder, WrongRequest
from brickline.standalone.moments import read_moment

_LARGEST_EDIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Where:
    """Which database."""

    data: Path | None
    database_url: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters, as given."""

    service: str | None
    group: str | None
    reason: str | None
    fingerprint: str | None
    tenant: str | None
    since: str | None
    until: str | None
    state: str
    ids: list[UUID] | None = None
    every: bool = False

    def filter(self) -> LetterFilter:
        """Return the filter meant. Raises `WrongRequest`."""
        now = datetime.now(UTC)
        try:
            return LetterFilter(
                service=self.service,
                group=self.group,
                reason=self.reason,
                fingerprint=self.fingerprint,
                tenant=self.tenant,
                since=_time("--since", self.since, now),
                until=_time("--until", self.until, now),
                state=None if self.state == "all" else LetterState(self.state),
                ids=tuple(self.ids) if self.ids else None,
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            option = f"--{first['loc'][0]}: " if first["loc"] else ""
            raise WrongRequest(f"{option}{first['msg'].removeprefix('Value error, ')}.") from error

    def chosen(self) -> LetterFilter:
        """Return the filter of what is to be changed; it must have been said. Raises `WrongRequest`."""
        wanted = self.filter()
        others = wanted.model_copy(update={"ids": None})
        said = (bool(self.ids), not others.is_empty(), self.every).count(True)
        if said != 1:
            raise WrongRequest(
                "Say which dead letters are meant: by ids, or by options such as --fingerprint, or by --all. "
                + ("Nothing was said." if said == 0 else "Give one of the three.")
            )
        return wanted


@dataclass(frozen=True, slots=True)
class How:
    """In which way to replay."""

    by: str | None
    dry_run: bool
    canary: bool
    canary_timeout_s: float
    rate: float | None

    def order(self) -> ReplayOrder:
        """Return the order meant. Raises `WrongRequest`."""
        return ReplayOrder(
            by=name_of(self.by),
            dry_run=self.dry_run,
            canary=self.canary,
            canary_timeout_s=self.canary_timeout_s,
            rate=self.rate,
        )


def name_of(given: str | None) -> str:
    """Return who does it."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return "operator"


def read_edit(file: str) -> bytes:
    """Read another body from a file, or from stdin for `-`. Raises `WrongRequest`."""
    try:
        if file == "-":
            body = sys.stdin.buffer.read(_LARGEST_EDIT + 1)
        else:
            with Path(file).open("rb") as stream:
                body = stream.read(_LARGEST_EDIT + 1)
    except OSError as error:
        raise WrongRequest(f"{file} cannot be read: {error.strerror}.") from error
    if len(body) > _LARGEST_EDIT:
        raise WrongRequest(f"{file} is larger than any event: {_LARGEST_EDIT:,} bytes at most.")
    return body


def _time(option: str, text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return read_moment(option, text, now)
    except ValueError as error:
        raise WrongRequest(str(error)) from error
