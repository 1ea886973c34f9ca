"""The embedder itself, with its real weights: offline, and without a trace in the process."""

import asyncio
import math
import os
import subprocess
import sys
from operator import mul
from pathlib import Path

import pytest
import wordllama  # type: ignore[import-untyped]  # it has no annotations

from brickline.embeddings import Embedder, EmbedderNotInstalled, TextUnfit, WordLlamaEmbedder


@pytest.fixture(scope="module")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


def cosine(one: list[float], other: list[float]) -> float:
    product: float = sum(map(mul, one, other))
    return product


@pytest.mark.parametrize(
    "text",
    [
        "Pumps failed.",
        "7",
        "Договор",
        "合同有效。",
        "العقد",
        "e\u0301",
        "👍 ok",
        "9" * 4000,
        "a\u202eb",
        "\uffff x",
    ],
)
async def test_any_text_with_a_word_has_a_unit_vector(embedder: Embedder, text: str) -> None:
    vector = await embedder.embed(text)

    assert len(vector) == embedder.dimensions == 256
    assert math.hypot(*vector) == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    ["", " ", "?!", "a\x00b", "\ud800 a", "word " * 2_000_000],
    ids=["empty", "blank", "punctuation", "NUL", "surrogate", "10 MB"],
)
async def test_a_text_that_cannot_be_compared_has_none(embedder: Embedder, text: str) -> None:
    with pytest.raises(TextUnfit, match="not compared"):
        await embedder.embed(text)


async def test_texts_on_one_subject_are_closer_than_others(embedder: Embedder) -> None:
    dog, puppy, tax = [
        await embedder.embed(text) for text in ("The dog barks.", "A puppy is barking.", "Tax is due in May.")
    ]

    assert cosine(dog, puppy) > cosine(dog, tax) + 0.2


async def test_texts_embedded_at_once_get_what_each_gets_alone(embedder: Embedder) -> None:
    texts = [f"The pump number {number} failed." for number in range(40)]
    fresh = WordLlamaEmbedder()
    together = await asyncio.gather(*map(fresh.embed, texts))

    assert together == [await embedder.embed(text) for text in texts]


async def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = WordLlamaEmbedder()
    assert embedder.problem() is None
    monkeypatch.setitem(sys.modules, "wordllama", None)

    assert "extra 'semantic'" in (embedder.problem() or "")
    with pytest.raises(EmbedderNotInstalled, match="extra 'semantic'"):
        await embedder.embed("A word.")


async def test_without_its_weights_it_says_so_and_fetches_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wordllama, "__file__", str(tmp_path / "__init__.py"))

    with pytest.raises(EmbedderNotInstalled, match="install it anew"):
        await WordLlamaEmbedder().embed("A word.")
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # the rule for pathlib in a coroutine forbids the other


ALONE = """
import asyncio, logging, socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise AssertionError("it reached for the network")

socket.socket.connect = socket.getaddrinfo = refuse

from brickline.embeddings import WordLlamaEmbedder

embedder = WordLlamaEmbedder()
assert embedder.problem() is None
heavy = {"wordllama", "numpy", "tokenizers", "requests"} & sys.modules.keys()
assert not heavy, heavy
assert len(asyncio.run(embedder.embed("A word."))) == 256
assert logging.getLogger().handlers == [] and logging.getLogger().level == logging.WARNING
assert list(Path.home().iterdir()) == [], list(Path.home().iterdir())
"""


def test_it_imports_nothing_early_and_leaves_network_home_and_logging_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""
