"""The index finds an earlier text within its tenant and scope, and remembers no longer than it was told."""

import asyncio
import math
import re
from datetime import UTC, datetime, timedelta

import pytest

from brickline.embeddings import (
    EmbedderFailed,
    SemanticIndex,
)
from brickline.persistence import Database, DatabaseUnavailable
from support.outage import outage

ASKED = "Who may buy the shares?"
AGAIN = "Who may purchase the shares?"
TASK = b"summary v1"


class Pointing:
    """Gives each text the direction it was told, in degrees, else 0."""

    def __init__(self, dimensions: int = 2, **degrees: float) -> None:
        self.dimensions = dimensions
        self._degrees = degrees

    async def embed(self, text: str) -> list[float]:
        angle = math.radians(next((self._degrees[word] for word in self._degrees if word in text), 0))
        return [math.cos(angle), math.sin(angle), *[0.0] * (self.dimensions - 2)]


class Fixed:
    """Gives every text one vector, which need not be a good one."""

    dimensions = 2

    def __init__(self, *vector: float) -> None:
        self._vector = list(vector)

    async def embed(self, text: str) -> list[float]:
        return self._vector


async def test_a_request_typed_differently_finds_the_earlier_answer(index: SemanticIndex) -> None:
    assert await index.nearest("acme", TASK, AGAIN) is None
    await index.add("acme", TASK, b"key", ASKED)
    match = await index.nearest("acme", TASK, AGAIN)

    assert match is not None
    assert (match.key, match.text) == (b"key", ASKED)
    assert 0.9 <= match.similarity < 1
    same = await index.nearest("acme", TASK, ASKED)
    assert same is not None
    assert same.similarity == pytest.approx(1)


async def test_another_tenant_or_scope_finds_nothing(index: SemanticIndex) -> None:
    await index.add("acme", TASK, b"key", ASKED)

    assert await index.nearest("other", TASK, ASKED) is None
    assert await index.nearest("acme", b"summary v2", ASKED) is None


async def test_the_closest_of_several_is_taken_and_none_below_the_threshold(database: Database) -> None:
    index = SemanticIndex(database, Pointing(buy=50, purchase=20), threshold=0.9)
    await index.add("acme", TASK, b"far", ASKED)
    assert await index.nearest("acme", TASK, f"{AGAIN} ") is None  # the cosine of 30 degrees is 0.87

    await index.add("acme", TASK, b"near", AGAIN)
    match = await index.nearest("acme", TASK, f"{AGAIN} ")
    assert match is not None
    assert match.key == b"near"


async def test_what_the_gate_forbids_is_not_found_however_alike_the_vectors(database: Database) -> None:
    index = SemanticIndex(database, Fixed(1, 0), threshold=0.01)
    await index.add("acme", TASK, b"key", "Acme acquires Bolt.")

    assert await index.nearest("acme", TASK, "Bolt acquires Acme.") is None
    assert await index.nearest("acme", TASK, "Acme acquires Bolt") is not None


async def test_a_row_read_by_other_rules_than_todays_is_compared_anew(database: Database) -> None:
    index = SemanticIndex(database, Fixed(1, 0))
    await index.add("acme", TASK, b"key", "The tenant may leave.")
    async with database.connection() as connection:
        await connection.execute("update semantic_texts set body = 'The tenant may not leave.'")

    assert await index.nearest("acme", TASK, "The tenant may leave.") is None


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "without a letter or digit"),
        ("?!", "without a letter or digit"),
        ("a\x00b", r"U\+0000"),
        ("\udfff a", r"U\+DFFF"),
        ("word " * 81, "405 characters is not compared, only up to 400"),
        ("x" * 10_000_000, "10,000,000 characters"),
    ],
    ids=["empty", "punctuation", "NUL", "surrogate", "too long", "10 MB"],
)
async def test_a_text_that_is_refused_is_neither_kept_nor_found(
    index: SemanticIndex, database: Database, text: str, refusal: str
) -> None:
    assert re.search(refusal, index.refusal(text) or "")
    await index.add("acme", TASK, b"key", text)

    assert await index.nearest("acme", TASK, text) is None
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from semantic_texts") == 0


async def test_a_text_of_just_the_longest_length_is_kept(index: SemanticIndex) -> None:
    text = "x" * 400
    await index.add("acme", TASK, b"key", text)

    assert index.refusal(text) is None
    assert await index.nearest("acme", TASK, text)


async def test_a_key_that_is_added_again_by_many_at_once_stands_once(
    index: SemanticIndex, database: Database
) -> None:
    texts = [ASKED, AGAIN] * 10
    await asyncio.gather(*(index.add("acme", TASK, b"key", text) for text in texts))

    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from semantic_texts") == 1
    match = await index.nearest("acme", TASK, ASKED)
    assert match is not None
    assert match.text in texts


async def test_what_is_too_old_is_forgotten_as_others_come(database: Database) -> None:
    keeping = SemanticIndex(database, Fixed(1, 0))
    forgetting = SemanticIndex(database, Fixed(1, 0), keep_days=1e-9)
    await keeping.add("acme", TASK, b"old", "An old text.")
    await keeping.add("other", TASK, b"older", "Another old text.")
    await forgetting.add("acme", TASK, b"new", "A new text.")

    assert await keeping.nearest("acme", TASK, "An old text.") is None
    assert await keeping.nearest("other", TASK, "Another old text.") is None
    assert await keeping.nearest("acme", TASK, "A new text.")


async def test_vectors_of_an_embedder_with_other_dimensions_are_passed_over(database: Database) -> None:
    await SemanticIndex(database, Pointing(2)).add("acme", TASK, b"two", ASKED)
    three = SemanticIndex(database, Pointing(3))

    assert await three.nearest("acme", TASK, ASKED) is None
    await three.add("acme", TASK, b"three", ASKED)
    match = await three.nearest("acme", TASK, ASKED)
    assert match is not None
    assert match.key == b"three"


@pytest.mark.parametrize("vector", [(3, 4), (0, 0), (math.nan, 1), (math.inf, 0), (1,), (1, 0, 0)])
async def test_what_is_no_unit_vector_is_not_kept(database: Database, vector: tuple[float, ...]) -> None:
    with pytest.raises(EmbedderFailed, match="Fixed gave a vector of"):
        await SemanticIndex(database, Fixed(*vector)).add("acme", TASK, b"key", ASKED)


async def test_a_lookup_that_finds_nothing_embeds_nothing(database: Database) -> None:
    assert await SemanticIndex(database, Fixed(math.nan)).nearest("acme", TASK, ASKED) is None


@pytest.mark.parametrize("threshold", [0, -0.5, 1.1, math.nan])
def test_a_threshold_that_is_no_cosine_is_refused(database: Database, threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold is"):
        SemanticIndex(database, Fixed(1, 0), threshold=threshold)


@pytest.mark.parametrize("max_chars", [0, -1, 4001])
def test_a_length_of_whole_documents_is_refused(database: Database, max_chars: int) -> None:
    with pytest.raises(ValueError, match="max_chars is"):
        SemanticIndex(database, Fixed(1, 0), max_chars=max_chars)


@pytest.mark.parametrize("keep_days", [0, -1, math.nan, math.inf])
def test_a_time_to_keep_that_is_none_is_refused(database: Database, keep_days: float) -> None:
    with pytest.raises(ValueError, match="keep_days is"):
        SemanticIndex(database, Fixed(1, 0), keep_days=keep_days)


async def test_without_its_database_it_says_that_there_is_none(
    index: SemanticIndex, postgres_server: str, database_url: str
) -> None:
    async with outage(postgres_server, database_url):
        with pytest.raises(DatabaseUnavailable):
            await index.nearest("acme", TASK, ASKED)
        with pytest.raises(DatabaseUnavailable):
            await index.report(datetime.now(UTC) - timedelta(days=1))
