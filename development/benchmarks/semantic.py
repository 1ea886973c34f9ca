"""How often a semantic match is wrong, with and without its gate, and how often it helps: on pairs of texts.

`python -m benchmarks.semantic` prints it by kind of pair.
"""

import asyncio
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure, percentile
from benchmarks.table import show
from brickline.embedded import EmbeddedPostgres
from brickline.embeddings import MIGRATIONS, Embedder, SemanticIndex, WordLlamaEmbedder, difference
from brickline.persistence import Database

THRESHOLD = 0.9
_PAIRS = Path(__file__).with_name("semantic_pairs.toml")
_TEXTS = 2_000
_LOOKUPS = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """The pairs of one kind: how alike the vectors of each are, and what the gate has against it."""

    group: str
    """`trap`: a hit is false. `paraphrase`: a hit is right."""
    kind: str
    pairs: tuple[tuple[str, str], ...]
    similarities: tuple[float, ...]
    differences: tuple[str | None, ...]

    @property
    def close(self) -> int:
        """Pairs over the threshold: the hits without the gate."""
        return sum(similarity >= THRESHOLD for similarity in self.similarities)

    @property
    def passed(self) -> int:
        """Pairs that the gate lets through, whatever their vectors."""
        return self.differences.count(None)

    @property
    def hits(self) -> int:
        """Pairs that the gate lets through and that are over the threshold."""
        both = zip(self.similarities, self.differences, strict=True)
        return sum(similarity >= THRESHOLD and reason is None for similarity, reason in both)


async def measured() -> list[Measured]:
    """Measure every pair of the set."""
    embedder = WordLlamaEmbedder()
    groups = tomllib.loads(_PAIRS.read_text("utf-8"))
    return [
        await _measure(group, kind, tuple((one, other) for one, other in entry["pairs"]), embedder)
        for group, kinds in groups.items()
        for kind, entry in kinds.items()
    ]


async def _measure(group: str, kind: str, pairs: tuple[tuple[str, str], ...], embedder: Embedder) -> Measured:
    similarities = []
    for one, other in pairs:
        similarities.append(sum(map(mul, await embedder.embed(one), await embedder.embed(other))))
    return Measured(group, kind, pairs, tuple(similarities), tuple(difference(*pair) for pair in pairs))


async def semantic() -> AsyncIterator[Figure]:
    """Measure the set of pairs, and a lookup among many texts."""
    for figure in _figures(await measured()):
        yield figure
    yield await _lookup()


def _figures(kinds: Sequence[Measured]) -> list[Figure]:
    traps = [kind for kind in kinds if kind.group == "trap"]
    light = next(kind for kind in kinds if (kind.group, kind.kind) == ("paraphrase", "light"))
    free = next(kind for kind in kinds if (kind.group, kind.kind) == ("paraphrase", "free"))
    pairs = sum(len(kind.pairs) for kind in traps)
    without = sum(kind.close for kind in traps)
    return [
        Figure(
            name="false semantic hits",
            measured=100 * sum(kind.hits for kind in traps) / pairs,
            target=0.5,
            unit="%",
            how=f"of {pairs} traps at a cosine of {THRESHOLD:g}; "
            f"without the gate {100 * without / pairs:.0f} %",
        ),
        Figure(
            name="true semantic hits",
            measured=round(100 * light.hits / len(light.pairs)),
            target=50,
            unit="%",
            at_least=True,
            how=f"of {len(light.pairs)} requests typed a little differently; {light.passed} pass the gate; "
            f"of {len(free.pairs)} in other words {free.hits} hit",
        ),
    ]


async def _lookup() -> Figure:
    seconds = []
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        async with (
            EmbeddedPostgres(Path(folder) / "postgres") as server,
            Database.connect(server.dsn, schema="semantic") as database,
        ):
            await MIGRATIONS.apply(database)
            index = SemanticIndex(database, WordLlamaEmbedder())
            for number in range(_TEXTS):
                await index.add("default", b"scope", b"%d" % number, _text(number, "buy"))
            for number in range(_LOOKUPS):
                started = time.perf_counter()
                match = await index.nearest("default", b"scope", _text(number, "purchase"))
                seconds.append(time.perf_counter() - started)
                if match is None or match.key != b"%d" % number:
                    raise RuntimeError(f"the text number {number} was not found")
    return Figure(
        name="semantic lookup",
        measured=round(percentile(seconds, 0.5) * 1000, 2),
        target=5,
        unit="ms",
        how=f"p50 of {_LOOKUPS} that hit, among {_TEXTS:,} texts of a tenant and scope; "
        f"p95 {percentile(seconds, 0.95) * 1000:.1f} ms",
    )


def _text(number: int, verb: str) -> str:
    return f"Who may {verb} the shares that the fund number {number} holds in the company?"


def _show_kinds(kinds: Sequence[Measured]) -> None:
    table = Table(title=f"Hits at a cosine of {THRESHOLD:g}: false ones in a trap, true ones in a paraphrase")
    for column in ("", "kind", "pairs", "without the gate", "with it", "gate alone"):
        table.add_column(column)
    for each in kinds:
        cells = (each.close, each.hits, each.passed)
        table.add_row(
            each.group,
            each.kind.replace("_", " "),
            str(len(each.pairs)),
            *(f"{count} ({100 * count / len(each.pairs):.0f} %)" for count in cells),
        )
    Console().print(table)


async def _main() -> int:
    kinds = await measured()
    _show_kinds(kinds)
    figures = [*_figures(kinds), await _lookup()]
    show(figures)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
