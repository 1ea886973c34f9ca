"""What one process tells of itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from brickline.events.announcements import ANNOUNCEMENTS
from brickline.events.presence.release import DEPLOYMENT, RELEASE, Release
from brickline.events.service import Service
from brickline.schemas import Payload, schema_digest

# It is read from what anyone can put on the bus, and is quoted in logs and in answers to probes.
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")]
_Topic = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
_Version = Annotated[int, Field(ge=1, lt=2**31, strict=True)]


@dataclass(frozen=True, slots=True)
class Announced:
    """A topic that a process reads or writes."""

    topic: _Topic
    versions: Annotated[tuple[_Version, ...], Field(min_length=1, max_length=1000)]
    """Those that it reads, oldest first; of a topic that it writes, the one that it writes."""
    digest: _Digest
    """Of its model of the topic (`schemas.schema_digest`)."""


class Announcement(BaseModel):
    """What a process reads and writes, and of which release it is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: _Name
    instance: UUID
    """Of the process: new at each start."""
    release: Annotated[str, StringConstraints(pattern=f"^{RELEASE}$")]
    deployment: Annotated[str, StringConstraints(pattern=f"^{DEPLOYMENT}$")]
    at: AwareDatetime
    """When it was last said."""
    reads: Annotated[tuple[Announced, ...], Field(max_length=1000)]
    writes: Annotated[tuple[Announced, ...], Field(max_length=1000)]


def announcement_of(service: Service, release: Release, instance: UUID) -> Announcement:
    """Say what a service declares. Raises `ValueError` or `SchemaError` where that cannot be said."""
    return Announcement(
        service=service.name,
        instance=instance,
        release=release.name,
        deployment=release.deployment,
        at=datetime.now(UTC),
        reads=tuple(Announced(each.topic, each.readable(), schema_digest(each)) for each in service.reads),
        writes=tuple(
            Announced(each.topic, (each.version,), schema_digest(each))
            for each in _once((*service.writes, *ANNOUNCEMENTS))
        ),
    )


def _once(payloads: Iterable[type[Payload]]) -> Iterable[type[Payload]]:
    return dict.fromkeys(payloads)
