"""The one place that touches yake, and segtok below it: heavy, so imported on first use."""

from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

_PIECE = 4_000
Scored: TypeAlias = list[tuple[str, float]]

# The languages yake ships stop words for, English first. Without lt and sk: those two files are not UTF-8,
# and yake prints a warning to standard output when it reads them.
_LANGUAGES = """
en ar bg br cz da de el es et fa fi fr hi hr hu hy id it ja lv nl no pl pt ro ru sl sv tr uk zh
"""


def score_phrases(text: str, language: str, longest: int, most: int) -> Scored:
    """yake's `most` best phrases of up to `longest` words, in lower case, with its score: lower is better.

    `text` must be rid of stop words; yake drops what is shorter than three letters.
    """
    from yake import KeywordExtractor  # type: ignore[import-untyped]  # it has no annotations

    extractor = KeywordExtractor(lan=language, n=longest, top=most, dedup_lim=1.0, stopwords=set())
    return [(str(phrase), float(score)) for phrase, score in extractor.extract_keywords(text)]


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Stop words in lower case by yake's language code, English first."""
    from yake import KeywordExtractor

    return {code: frozenset(KeywordExtractor(lan=code).stopword_set) - {""} for code in _LANGUAGES.split()}


def split_sentences(text: str) -> list[str]:
    """The sentences of `text`, by segtok's rules for abbreviations, initials and brackets."""
    from segtok.segmenter import split_multi  # type: ignore[import-untyped]  # it has no annotations

    return [str(sentence) for piece in _pieces(text) for sentence in split_multi(piece) if sentence]


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces that end at a full stop if there is one: segtok's time grows faster than its text."""
    while len(text) > _PIECE:
        end = text.rfind(". ", _PIECE // 2, _PIECE) + 1 or _PIECE
        yield text[:end]
        text = text[end:]
    yield text
