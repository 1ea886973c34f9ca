"""Shadow mode: what a match would have answered is recorded, and reported with what would have been false."""

import math
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import pytest

from brickline.embeddings import (
    Match,
    SemanticIndex,
    ShadowExample,
    ShadowReport,
    WordLlamaEmbedder,
)
from brickline.persistence import Database

TASK = b"summary v1"
MATCH = Match(key=b"key", similarity=0.95, text="Who may buy the shares?")
TEXT = "Who may purchase the shares?"


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


async def test_before_the_first_hit_nothing_is_claimed(index: SemanticIndex) -> None:
    report = await index.report(an_hour_ago())

    assert report == ShadowReport(hits=0, false_hits=0, examples=())
    assert (report.false_rate, report.false_rate_at_most) == (None, 1)


async def test_hits_and_false_hits_are_counted_with_the_false_ones_as_first_examples(
    index: SemanticIndex,
) -> None:
    for number in range(9):
        await index.shadow("acme", TASK, f"{TEXT} {number}", MATCH, same=number != 4)
    report = await index.report(an_hour_ago())

    assert (report.hits, report.false_hits, report.false_rate) == (9, 1, 1 / 9)
    similarity = report.examples[0].similarity
    assert report.examples[0] == ShadowExample("acme", f"{TEXT} 4", MATCH.text, similarity, same=False)
    assert similarity == pytest.approx(MATCH.similarity)
    assert [example.text[-1] for example in report.examples] == list("487653210")


async def test_examples_are_few_however_many_hits(index: SemanticIndex) -> None:
    for _ in range(12):
        await index.shadow("acme", TASK, TEXT, MATCH, same=True)
    report = await index.report(an_hour_ago())

    assert (report.hits, len(report.examples)) == (12, 10)


async def test_what_was_seen_before_is_left_out(index: SemanticIndex) -> None:
    await index.shadow("acme", TASK, TEXT, MATCH, same=False)

    assert (await index.report(datetime.now(UTC) + timedelta(minutes=1))).hits == 0


async def test_what_is_too_old_is_forgotten_as_others_come(database: Database, index: SemanticIndex) -> None:
    await index.shadow("acme", TASK, TEXT, MATCH, same=False)
    forgetting = SemanticIndex(database, WordLlamaEmbedder(), keep_days=1e-9)
    await forgetting.shadow("acme", TASK, TEXT, MATCH, same=True)
    report = await index.report(an_hour_ago())

    assert (report.hits, report.false_hits) == (1, 0)


async def test_a_text_that_is_refused_leaves_no_record(index: SemanticIndex) -> None:
    await index.shadow("acme", TASK, "a\x00b", MATCH, same=True)

    assert (await index.report(an_hour_ago())).hits == 0


@pytest.mark.parametrize(("hits", "false_hits"), [(1, 0), (9, 1), (100, 0), (100, 1), (100, 99), (10_000, 3)])
def test_so_many_hits_would_show_fewer_false_ones_at_the_claimed_rate_in_5_percent_of_cases(
    hits: int, false_hits: int
) -> None:
    rate = ShadowReport(hits, false_hits, examples=()).false_rate_at_most
    deviation = (rate - false_hits / hits) / math.sqrt(rate * (1 - rate) / hits)

    assert NormalDist().cdf(-deviation) == pytest.approx(0.05, rel=0.01)


def test_where_every_hit_was_false_no_rate_is_excluded() -> None:
    assert ShadowReport(hits=10, false_hits=10, examples=()).false_rate_at_most == 1
