"""The texts that were answered, and which of them another text may be taken for."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import mul

from brickline.embeddings.embedder import Embedder
from brickline.embeddings.errors import EmbedderFailed
from brickline.embeddings.fitness import LONGEST, unfit
from brickline.embeddings.gate import difference
from brickline.embeddings.reading import digest
from brickline.embeddings.shadow import ShadowReport, read_report
from brickline.persistence import Database, Migrations, Queries

MIGRATIONS = Migrations(__package__)
"""The tables of texts and of what shadow mode saw: apply it before an index is used."""

_QUERIES = Queries(__package__)
_MOST_COMPARED = 5  # of one reading: they differ in a "please"
_FORGOTTEN_AT_ONCE = 10
_UNIT_TOLERANCE = 0.01
_A_CENTURY = 36_500  # days


@dataclass(frozen=True, slots=True)
class Match:
    """The text another may be taken for: the answer under `key` would be used."""

    key: bytes
    similarity: float
    """The cosine of the two vectors, between the threshold and 1."""
    text: str


class SemanticIndex:
    """Finds an earlier text that asks for the same, within one tenant and scope.

    `scope` is the caller's digest of all else that makes an answer: task, its version, output schema.
    A match has to pass `difference`, which is what keeps it from being wrong, and then `threshold`. The gate
    is an equality of readings, so candidates are looked up by the digest of theirs: a statement that finds a
    row or two by an index, where Postgres took 40 ms to compare a text with the vectors of 2,000.

    It saves little: what is asked again with another spelling, a "please", or "buy" for "purchase"; not what
    is asked in other words, and nothing for a text of more than `max_chars` characters. Texts, and what
    shadow mode saw, are forgotten `keep_days` after they were last added, as others come.
    Raises `DatabaseUnavailable` and what the embedder raises; the caller then does without a match.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        *,
        threshold: float = 0.9,
        max_chars: int = 400,
        keep_days: float = 30,
    ) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold is {threshold}: a cosine above 0, and 1 at most, is needed")
        if not 0 < max_chars <= LONGEST:
            raise ValueError(
                f"max_chars is {max_chars}: no text of more than {LONGEST} characters is compared"
            )
        if not 0 < keep_days <= _A_CENTURY:
            raise ValueError(f"keep_days is {keep_days}: above 0, and {_A_CENTURY:,} at most, is needed")
        self._database = database
        self._embedder = embedder
        self._threshold = threshold
        self._max_chars = max_chars
        self._keep = timedelta(days=keep_days)

    def refusal(self, text: str) -> str | None:
        """Why `text` is neither kept nor matched (it is too long, has no word, is no valid text), or None."""
        return unfit(text, self._max_chars)

    async def nearest(self, tenant: str, scope: bytes, text: str) -> Match | None:
        """Return the closest text that `text` may be taken for; None for a text that is refused, too."""
        if self.refusal(text):
            return None
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                _QUERIES["candidates"], tenant, scope, digest(text), self._embedder.dimensions, _MOST_COMPARED
            )
        # The tables of words may have changed since a row was written, so the gate has the last word.
        rows = [row for row in rows if difference(text, row["body"]) is None]
        if not rows:
            return None
        vector = await self._embed(text)
        matches = (Match(row["key"], _cosine(vector, row["vector"]), row["body"]) for row in rows)
        best = max(matches, key=lambda match: match.similarity)
        return best if best.similarity >= self._threshold else None

    async def add(self, tenant: str, scope: bytes, key: bytes, text: str) -> None:
        """Keep `text` as answered under `key`, for another `keep_days`; one that is refused is not kept."""
        if self.refusal(text):
            return
        vector = await self._embed(text)
        async with self._database.transaction() as connection:
            await connection.execute(_QUERIES["add"], tenant, scope, key, digest(text), text, vector)
            await connection.execute(_QUERIES["forget_texts"], self._keep, _FORGOTTEN_AT_ONCE)

    async def shadow(self, tenant: str, scope: bytes, text: str, match: Match, same: bool) -> None:
        """Record that `match` would have answered `text`, and whether the real answer was the same."""
        if self.refusal(text):
            return
        async with self._database.transaction() as connection:
            seen = (tenant, scope, text, match.key, match.text, match.similarity, same)
            await connection.execute(_QUERIES["record_shadow"], *seen)
            await connection.execute(_QUERIES["forget_shadow"], self._keep, _FORGOTTEN_AT_ONCE)

    async def report(self, since: datetime) -> ShadowReport:
        """Return what shadow mode recorded since then, of all tenants and scopes."""
        return await read_report(self._database, since)

    async def _embed(self, text: str) -> list[float]:
        vector = await self._embedder.embed(text)
        expected = self._embedder.dimensions
        norm = math.hypot(*vector)
        if len(vector) != expected or not abs(norm - 1) < _UNIT_TOLERANCE:
            raise EmbedderFailed(
                f"{type(self._embedder).__name__} gave a vector of {len(vector)} values and the length "
                f"{norm:g}: {expected} values and the length 1 were expected"
            )
        return vector


def _cosine(one: list[float], other: list[float]) -> float:
    product: float = sum(map(mul, one, other))
    return min(product, 1.0)  # which rounding may exceed
