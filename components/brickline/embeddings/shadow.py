"""What a semantic match would have done, had it been switched on."""

import math
from dataclasses import dataclass
from datetime import datetime

from brickline.persistence import Database, Queries

_QUERIES = Queries(__package__)
_MOST_EXAMPLES = 10
_Z_95_ONE_SIDED = 1.645


@dataclass(frozen=True, slots=True)
class ShadowExample:
    """One would-be hit: `text` would have got the answer to `matched`."""

    tenant: str
    text: str
    matched: str
    similarity: float
    same: bool
    """Whether the real answer turned out to be the same."""


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """The would-be hits since some time, and how many would have been wrong."""

    hits: int
    false_hits: int
    examples: tuple[ShadowExample, ...]
    """Up to ten, the false ones first, then the newest."""

    @property
    def false_rate(self) -> float | None:
        """The share of false hits; None before the first hit, of which nothing is known."""
        return self.false_hits / self.hits if self.hits else None

    @property
    def false_rate_at_most(self) -> float:
        """What the false rate is below with 95 % confidence: 1 before the first hit, 0.026 for 0 of 100.

        The upper end of the one-sided Wilson score interval (E. B. Wilson, JASA 22, 1927).
        """
        if not self.hits:
            return 1.0
        share, hits, z = self.false_hits / self.hits, self.hits, _Z_95_ONE_SIDED
        middle = share + z * z / (2 * hits)
        margin = z * math.sqrt(share * (1 - share) / hits + z * z / (4 * hits * hits))
        return min((middle + margin) / (1 + z * z / hits), 1.0)


async def read_report(database: Database, since: datetime) -> ShadowReport:
    """Count and quote what was recorded since then."""
    async with database.connection() as connection:
        (counts,) = await connection.fetch(_QUERIES["count_shadow"], since)
        rows = await connection.fetch(_QUERIES["examples"], since, _MOST_EXAMPLES)
    examples = tuple(
        ShadowExample(row["tenant"], row["body"], row["matched"], row["similarity"], row["same"])
        for row in rows
    )
    return ShadowReport(counts["hits"], counts["false_hits"], examples)
