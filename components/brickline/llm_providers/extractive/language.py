"""Guesses a text's language, to know which words carry no meaning in it."""

from collections.abc import Iterable
from itertools import islice

from brickline.llm_providers.extractive.words import is_unspaced
from brickline.llm_providers.extractive.yake_library import stop_words

UNSPACED = "zh"
"""Stands for Chinese and Japanese alike: what matters here is that neither puts spaces between words."""
_WORDS_LOOKED_AT = 400


def guess_language(words: Iterable[str]) -> str:
    """The language whose stop words are most frequent in the first `words`; English when none stands out."""
    seen = [word.lower() for word in islice(words, _WORDS_LOOKED_AT)]
    if 2 * sum(map(is_unspaced, seen)) > len(seen):
        return UNSPACED
    hits = {code: sum(word in stop for word in seen) for code, stop in stop_words().items()}
    return max(hits, key=lambda code: hits[code])
