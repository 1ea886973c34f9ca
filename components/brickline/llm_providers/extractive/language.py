"""Guesses a text's language, to know which words carry no meaning in it."""

from collections.abc import Iterable
from itertools import islice

from brickline.llm_providers.extractive.yake_library import stop_words

_WORDS_LOOKED_AT = 400


def guess_language(words: Iterable[str]) -> str:
    """The language whose stop words are most frequent in the first `words`; English when none stands out."""
    seen = [word.lower() for word in islice(words, _WORDS_LOOKED_AT)]
    hits = {code: sum(word in stop for word in seen) for code, stop in stop_words().items()}
    return max(hits, key=lambda code: hits[code])
