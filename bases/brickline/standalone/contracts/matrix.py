"""Who of a deployment's live processes reads and writes which version of what."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from brickline.events import Announced, Announcement, Skew, skews
from brickline.schemas import PAYLOADS

_PLACES = {payload.topic: place for place, payload in enumerate(PAYLOADS)}


@dataclass(frozen=True, order=True)
class Column:
    """The instances of one service that are of one release."""

    service: str
    release: str
    instances: int


@dataclass(frozen=True)
class Cell:
    """What a release of a service does with a topic."""

    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One version of a topic that is not the same schema everywhere."""

    topic: str
    version: int
    digests: Mapping[str, tuple[str, ...]]
    """For each digest the services, with their releases."""


@dataclass(frozen=True)
class Matrix:
    """One deployment."""

    deployment: str
    columns: tuple[Column, ...]
    topics: tuple[str, ...]
    cells: Mapping[tuple[str, str, str], Cell]
    """By topic, service and release."""
    skews: tuple[Skew, ...]
    differences: tuple[Difference, ...]


def matrices_of(announcements: Sequence[Announcement]) -> tuple[Matrix, ...]:
    """Put announcements together, those of each deployment by themselves."""
    by_name = sorted(announcements, key=lambda each: each.deployment)
    return tuple(_matrix(name, list(group)) for name, group in groupby(by_name, lambda each: each.deployment))


def _matrix(deployment: str, live: Sequence[Announcement]) -> Matrix:
    instances = Counter((each.service, each.release) for each in live)
    cells: dict[tuple[str, str, str], Cell] = {}
    for each in live:
        for topic in {one.topic for one in (*each.reads, *each.writes)}:
            key = (topic, each.service, each.release)
            known = cells.get(key, Cell())
            cells[key] = Cell(_and(known.reads, each.reads, topic), _and(known.writes, each.writes, topic))
    return Matrix(
        deployment,
        tuple(sorted(Column(*who, number) for who, number in instances.items())),
        tuple(sorted({topic for topic, _, _ in cells}, key=_in_order)),
        cells,
        skews(live),
        tuple(_differences(live)),
    )


def _in_order(topic: str) -> tuple[int, str]:
    """Put topics as a document meets them, and those that this release does not know last."""
    return _PLACES.get(topic, len(_PLACES)), topic


def _and(known: tuple[int, ...], told: Sequence[Announced], topic: str) -> tuple[int, ...]:
    more = (version for each in told if each.topic == topic for version in each.versions)
    return tuple(sorted({*known, *more}))


def _differences(live: Sequence[Announcement]) -> Iterator[Difference]:
    """Compare digests of the same version: each is of the newest version that its announcer knows."""
    found: dict[tuple[str, int], dict[str, set[str]]] = {}
    for each in live:
        for told in (*each.reads, *each.writes):
            digests = found.setdefault((told.topic, max(told.versions)), {})
            digests.setdefault(told.digest, set()).add(f"{each.service} {each.release}")
    for (topic, version), digests in sorted(found.items()):
        if len(digests) > 1:
            who = {digest: tuple(sorted(names)) for digest, names in sorted(digests.items())}
            yield Difference(topic, version, who)
