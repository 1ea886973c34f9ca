"""The measured set of pairs: no trap is a hit, and the gate is not shut either."""

import pytest

from benchmarks.semantic import THRESHOLD, Measured, measured
from brickline.embeddings import SemanticIndex, WordLlamaEmbedder
from brickline.persistence import Database


@pytest.fixture
async def kinds() -> list[Measured]:
    return await measured()


def of(kinds: list[Measured], group: str) -> list[Measured]:
    return [kind for kind in kinds if kind.group == group]


async def test_the_set_is_large_and_without_the_gate_many_traps_are_hits(kinds: list[Measured]) -> None:
    traps = of(kinds, "trap")
    pairs = sum(len(kind.pairs) for kind in traps)

    assert len(traps) >= 15
    assert pairs >= 200
    assert sum(kind.close for kind in traps) > 0.4 * pairs


async def test_no_trap_passes_the_gate_whatever_the_threshold(kinds: list[Measured]) -> None:
    passed = [
        pair
        for kind in of(kinds, "trap")
        for pair, reason in zip(kind.pairs, kind.differences, strict=True)
        if reason is None
    ]

    assert passed == []


async def test_most_requests_typed_a_little_differently_hit(kinds: list[Measured]) -> None:
    (light,) = (kind for kind in of(kinds, "paraphrase") if kind.kind == "light")

    assert light.hits >= 0.5 * len(light.pairs)
    assert light.passed >= 0.8 * len(light.pairs)


async def test_in_an_index_of_all_traps_no_text_finds_another_and_paraphrases_do(
    kinds: list[Measured], database: Database
) -> None:
    index = SemanticIndex(database, WordLlamaEmbedder(), threshold=THRESHOLD)
    pairs = [pair for kind in kinds for pair in kind.pairs]
    for one, _ in pairs:
        await index.add("acme", b"task", one.encode(), one)
    found = {other: await index.nearest("acme", b"task", other) for _, other in pairs}

    answered = {other for other, match in found.items() if match and match.text != other}
    assert answered == {
        other
        for kind in of(kinds, "paraphrase")
        for (_, other), similarity, reason in zip(
            kind.pairs, kind.similarities, kind.differences, strict=True
        )
        if reason is None and similarity >= THRESHOLD
    }
