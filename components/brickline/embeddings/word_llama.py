"""Embeds offline with wordllama: the mean of the vectors of a text's tokens."""

import asyncio
import logging
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from brickline.embeddings.errors import EmbedderFailed, EmbedderNotInstalled, TextUnfit
from brickline.embeddings.fitness import unfit

if TYPE_CHECKING:
    from wordllama import WordLlamaInference  # type: ignore[import-untyped]  # it has no annotations

_PACKAGE = "wordllama"
_INSTALL = "install it with the extra 'semantic', as in: uv sync --extra semantic"


class WordLlamaEmbedder:
    """The weights that come within the package, 256 dimensions; nothing is ever fetched.

    The first text imports and loads it in half a second and 40 MB, each takes a fraction of a millisecond,
    all in a thread. It takes no notice of the order of words and little of "not": that two texts are
    close says what they are about, so nobody should act on it without `difference`.
    """

    dimensions = 256

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: WordLlamaInference | None = None

    def problem(self) -> str | None:
        """Why it cannot embed here, or None; imports nothing."""
        return None if find_spec(_PACKAGE) else f"the package {_PACKAGE} is not installed: {_INSTALL}"

    async def embed(self, text: str) -> list[float]:
        """Return the unit vector of `text`. Raises `TextUnfit` and `EmbedderNotInstalled`."""
        if reason := unfit(text):
            raise TextUnfit(reason)
        return await asyncio.to_thread(self._embed, text)

    def _embed(self, text: str) -> list[float]:
        (vector,) = self._model().embed([text], return_np=False)
        norm = math.hypot(*vector)
        if not (math.isfinite(norm) and norm):
            raise EmbedderFailed(f"{_PACKAGE} gave a vector of the length {norm} for {text[:40]!r}")
        return [value / norm for value in vector]

    def _model(self) -> "WordLlamaInference":
        with self._loading:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded


def _load() -> "WordLlamaInference":
    try:
        with _no_logging_set_up():
            import wordllama

        # Without the folder it looks for the tokenizer in a cache of its own, and would fetch it.
        folder = Path(wordllama.__file__).parent
        return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    except ImportError as error:
        raise EmbedderNotInstalled(
            f"the package {_PACKAGE} cannot be imported ({error}): {_INSTALL}"
        ) from error
    except FileNotFoundError as error:
        raise EmbedderNotInstalled(
            f"the package {_PACKAGE} is there and its weights are not ({error}): install it anew"
        ) from error


@contextmanager
def _no_logging_set_up() -> Iterator[None]:
    """Keep an import from setting up the process's logging, which it may not do where a handler is there."""
    root, occupied = logging.getLogger(), logging.NullHandler()
    root.addHandler(occupied)
    try:
        yield
    finally:
        root.removeHandler(occupied)
