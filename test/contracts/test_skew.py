"""In a rollout the last release runs beside this one: each reads what the other writes.

What the last release read and wrote is known from the snapshots, always. Where git has its code, as it does
not in a clone of one commit, its real models are asked too.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from brickline.contracts import GitModels, Parser, Revision, SnapshotFolder
from brickline.schemas import PAYLOADS, Payload
from support.skew import previous_release, refused_by_new_reader, refused_by_old_reader

ROOT = Path(__file__).parents[2]
SNAPSHOTS = SnapshotFolder(ROOT / "components/brickline/schemas/snapshots").read()
RETAINED = [
    pytest.param(payload, revision, id=f"{payload.topic}-{revision.version}.{revision.number}")
    for payload in PAYLOADS
    if payload.topic in SNAPSHOTS
    for revision in SNAPSHOTS[payload.topic].revisions
]
# No reader was ever promised to read a later version.
OF_THIS_VERSION = [each for each in RETAINED if each.values[1].version == each.values[0].version]


@pytest.fixture(scope="module")
def last_release() -> Iterator[GitModels | None]:
    ref = previous_release(ROOT)
    if ref is None:
        warnings.warn("git has no release before this one: readers are the snapshots' alone", stacklevel=1)
        yield None
        return
    with GitModels(ROOT, ref) as models:
        yield models


def parser(models: GitModels | None, revision: Revision) -> Parser | None:
    return None if models is None else models.parser(revision.contract)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.topic)
def test_what_is_written_now_is_recorded(payload: type[Payload]) -> None:
    assert payload.topic in SNAPSHOTS, "run `brickline contracts accept`"
    assert SNAPSHOTS[payload.topic].of_version(payload.version), "run `brickline contracts accept`"


@pytest.mark.parametrize(("payload", "revision"), OF_THIS_VERSION)
def test_a_reader_of_the_last_release_reads_what_is_written_now(
    payload: type[Payload], revision: Revision, last_release: GitModels | None
) -> None:
    assert not refused_by_old_reader(payload, revision, parser(last_release, revision))


def test_of_at_least_one_topic_the_last_releases_real_reader_is_asked(last_release: GitModels | None) -> None:
    asked: list[bytes] = []
    for payload, revision in (each.values for each in OF_THIS_VERSION):
        parse = parser(last_release, revision)
        if parse is None:
            continue

        def counted(document: bytes, parse: Parser = parse) -> object:
            asked.append(document)
            return parse(document)

        assert not refused_by_old_reader(payload, revision, counted)
    if last_release is None or not last_release.contracts:
        warnings.warn("no real model of the last release was asked, only its schemas", stacklevel=1)
    else:
        assert asked, "the last release has models, and none is of a contract that is on record"


@pytest.mark.parametrize(("payload", "revision"), RETAINED)
def test_a_reader_of_today_reads_what_the_last_release_writes(
    payload: type[Payload], revision: Revision, last_release: GitModels | None
) -> None:
    assert not refused_by_new_reader(payload, revision, parser(last_release, revision))
