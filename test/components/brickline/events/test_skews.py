"""Which versions that are written are not read, among processes that say what they do."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from brickline.events import Announced, Announcement, EventsError, Pace, Release, skews
from brickline.events.presence.announcement import announcement_of
from brickline.events.presence.notices import NoticeError, gone, here, read_notice
from brickline.events.presence.roster import Roster
from brickline.events.presence.versions import in_words
from brickline.schemas import DataProcessed, schema_digest
from support.skewed_shop import NEW_READER, NEW_WRITER
from support.waiting import eventually


def process(
    service: str,
    *,
    reads: Sequence[tuple[str, tuple[int, ...]]] = (),
    writes: Sequence[tuple[str, int]] = (),
    **changes: Any,
) -> Announcement:
    values = {
        "release": "v1",
        "deployment": "default",
        "instance": uuid4(),
        "at": datetime.now(UTC),
        **changes,
    }
    return Announcement(
        service=service,
        reads=tuple(Announced(topic, versions, "ab") for topic, versions in reads),
        writes=tuple(Announced(topic, (version,), "ab") for topic, version in writes),
        **values,
    )


WRITER = process("shop", writes=[("priced", 3), ("shipped", 1)], release="v9")


@pytest.mark.parametrize(
    ("reads", "skewed"),
    [
        ((3,), False),
        ((1, 2, 3), False),
        ((3, 4), False),
        ((1, 2), True),
        ((4, 5), True),
        ((1,), True),
    ],
)
def test_a_reader_is_skewed_if_the_newest_version_is_not_among_those_it_reads(
    reads: tuple[int, ...], skewed: bool
) -> None:
    found = skews([WRITER, process("reader", reads=[("priced", reads)])])

    assert [(skew.topic, skew.version, skew.reader, skew.reads) for skew in found] == (
        [("priced", 3, "reader", reads)] if skewed else []
    )


def test_a_skew_names_both_sides_and_what_to_do() -> None:
    [skew] = skews([WRITER, process("reader", reads=[("priced", (1, 2)), ("shipped", (1,))], release="v8")])

    assert skew.says == (
        "reader (release v8) reads version 1 and 2 of priced, and shop (release v9) writes version 3: "
        "deploy a release of reader that reads it"
    )


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ((1,), "1"),
        ((2, 1), "1 and 2"),
        ((1, 2, 3), "1-3"),
        ((1, 2, 4, 9), "1, 2, 4 and 9"),
        ((*range(1, 8), 9), "1-7 and 9"),
        ((9, 9, 7), "7 and 9"),
        (range(1, 1001), "1-1000"),
        ((1, 3, 5, 7, 9, *range(20, 60)), "1, 3, 5, 7, 9 and 40 more"),
    ],
)
def test_versions_are_written_in_few_words(versions: Sequence[int], words: str) -> None:
    assert in_words(versions) == words


def test_however_many_versions_somebody_announces_a_skew_is_a_short_sentence() -> None:
    odd = tuple(range(2**31 - 2001, 2**31, 2))
    [skew] = skews([WRITER, process("reader", reads=[("priced", odd)])])

    assert "and 996 more" in skew.says
    assert len(skew.says) < 250


def test_processes_of_one_release_are_one_skew_and_releases_are_told_apart() -> None:
    readers = [process("reader", reads=[("priced", (1,))], release=release) for release in ("a", "a", "b")]
    writers = [process("shop", writes=[("priced", 2)], release=release) for release in ("x", "x", "y")]

    assert [(skew.writer_release, skew.release) for skew in skews([*readers, *writers])] == [
        ("x", "a"),
        ("y", "a"),
        ("x", "b"),
        ("y", "b"),
    ]


def test_every_group_of_a_service_must_read_what_is_written() -> None:
    reader = process("reader", reads=[("priced", (1, 2, 3)), ("priced", (1,))])

    assert [skew.reads for skew in skews([WRITER, reader])] == [(1,)]


def test_another_deployment_and_another_topic_are_no_skew() -> None:
    elsewhere = process("reader", reads=[("priced", (1,))], deployment="blue")

    assert skews([WRITER, elsewhere, process("other", reads=[("ordered", (1,))])]) == ()
    assert skews([]) == ()


def test_a_service_that_does_not_read_what_it_writes_itself_is_skewed_too() -> None:
    [skew] = skews([process("shop", writes=[("priced", 2)], reads=[("priced", (1,))])])

    assert skew.writer == skew.reader == "shop"


def test_a_declaration_is_announced_with_its_versions_digests_and_what_everyone_may_announce() -> None:
    instance = uuid4()
    reader = announcement_of(NEW_READER, Release("v2", "blue"), instance)
    writer = announcement_of(NEW_WRITER, Release(), instance)

    assert (reader.release, reader.deployment, reader.instance) == ("v2", "blue", instance)
    assert [(each.topic, each.versions) for each in reader.reads] == [("shop.priced", (1, 2))]
    assert [(each.topic, each.versions) for each in writer.writes] == [
        ("shop.priced", (2,)),
        ("event.dead_lettered", (1,)),
        ("event.deferred", (1,)),
    ]
    assert writer.writes[0].digest == reader.reads[0].digest != schema_digest(DataProcessed)


def test_a_notice_is_read_as_it_was_written() -> None:
    assert read_notice(here(WRITER)) == WRITER
    assert read_notice(gone(WRITER.instance)) == WRITER.instance


def test_what_a_later_version_adds_to_a_notice_is_no_obstacle() -> None:
    assert read_notice(here(WRITER).replace(b'{"service"', b'{"host":"a","service"', 1)) == WRITER


def test_a_service_that_has_more_to_tell_than_a_notice_holds_is_told_so() -> None:
    topics = [(f"topic.{number}.{'x' * 50}", 1) for number in range(1000)]

    with pytest.raises(NoticeError, match=r"what shop reads and writes takes [\d,]+ bytes to tell"):
        here(process("shop", writes=topics))


@pytest.mark.parametrize("name", ["", "-v1", "v 1", "v1\n", "v" * 101, "v\u00e9"])
def test_names_of_releases_and_deployments_are_plain(name: str) -> None:
    for make in (lambda: Release(name), lambda: Release("v1", name)):
        with pytest.raises(EventsError, match=r"is no name of a (release|deployment)"):
            make()
    with pytest.raises(ValidationError):
        process("shop", release=name)


@pytest.mark.parametrize("name", ["v1.4.2", "2026-11-22_3", "1.4+g5aa5546", "feature/x@sha256:5aa5546"])
def test_names_as_builds_have_them_are_taken(name: str) -> None:
    assert process("shop", release=Release(name).name).release == name


async def test_a_roster_forgets_the_silent_and_keeps_those_it_hears_again() -> None:
    roster = Roster(live_s=0.4)
    silent, talkative = process("silent"), process("talkative")
    assert roster.silent_in_s() is None
    assert [roster.heard(silent), roster.heard(talkative)] == [True, True]

    def is_gone() -> bool:
        assert roster.heard(talkative) is False
        return roster.live() == (talkative,)

    await eventually(is_gone, 5)
    assert 0.3 < (roster.silent_in_s() or 0) <= 0.4
    roster.left(talkative.instance)
    roster.left(uuid4())
    assert roster.live() == ()


def test_a_roster_that_is_full_keeps_those_it_knows() -> None:
    roster = Roster(live_s=60, most=10)
    known = [process("shop") for _ in range(10)]
    assert [roster.heard(each) for each in known] == [True] * 10
    assert roster.heard(process("newcomer")) is False
    assert roster.heard(known[3].model_copy(update={"release": "v2"})) is False
    assert {each.instance for each in roster.live()} == {each.instance for each in known}
    assert "v2" in {each.release for each in roster.live()}


async def test_a_roster_that_hears_nothing_at_all_forgets_nobody_and_then_gives_everyone_time_again() -> None:
    roster = Roster(live_s=0.5, deaf_s=0.2)
    silent = process("silent")
    assert roster.heard(silent)
    await eventually(lambda: roster.deaf)
    assert (roster.silent_in_s(), roster.deaf_in_s()) == (None, None)
    await asyncio.sleep(0.6)
    assert roster.live() == (silent,)
    roster.noticed()
    assert not roster.deaf
    assert 0.4 < (roster.silent_in_s() or 0) <= 0.5

    def is_gone() -> bool:
        roster.noticed()
        return roster.live() == ()

    await eventually(is_gone, 5)


def test_a_pace_that_would_take_a_lost_announcement_for_deafness_is_refused() -> None:
    assert Pace().deaf_s == 15
    with pytest.raises(ValueError, match="live_s, 20, is to be three times every_s, 10, or more"):
        Pace(live_s=20)
