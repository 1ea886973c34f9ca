"""Guesses a text's language, to know which words carry no meaning in it."""

from collections.abc import Iterable
from functools import cache

# The languages for which yake ships a list of stop words.
_CODES = (
    "en ar bg br cz da de el es et fa fi fr hi hr hu hy id it ja lt lv nl no pl pt ro ru sk sl sv tr uk zh"
).split()
_WORDS_LOOKED_AT = 400


@cache
def stop_words_by_language() -> dict[str, frozenset[str]]:
    """Stop words in lower case by yake's language code, English first. Reads files on its first call."""
    from yake import KeywordExtractor  # imports numpy and networkx

    return {code: frozenset(KeywordExtractor(lan=code).stopword_set) - {""} for code in _CODES}


def guess_language(words: Iterable[str]) -> str:
    """The language whose stop words are most frequent in the first `words`; English when none stands out."""
    seen = [word.lower() for word, _ in zip(words, range(_WORDS_LOOKED_AT), strict=False)]
    hits = {code: sum(word in stop for word in seen) for code, stop in stop_words_by_language().items()}
    return max(hits, key=lambda code: hits[code])
