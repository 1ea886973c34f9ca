"""Splits a sentence into runs of meaningful words and gives each word a stem to compare by."""

import re
from collections.abc import Set
from functools import lru_cache

from brickline.llm_providers.extractive.english import is_noise

# A letter, or a vowel sign of the scripts that write them as marks of their own (\w leaves those out).
_VOWEL_SIGNS = r"\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0970-\u0dff\u0e31-\u0e4e"
_LETTER = rf"(?:[^\W\d_\u3040-\u30ff\u3400-\u9fff]|[{_VOWEL_SIGNS}])"
# Chinese and Japanese put no spaces between words. Katakana and Chinese characters make up most nouns;
# hiragana and the commonest Chinese particles, pronouns and prepositions stand between them.
_PARTICLES = (
    "的了在是和与及或为对从到被把将等也都而不有这那其此个们我你他她它于之以并但就很更最会可要由所上下中"
)
_UNSPACED = rf"[\u30a1-\u30fa\u30fc]{{2,12}}|(?:(?![{_PARTICLES}])[\u3400-\u9fff]){{2,}}"
# Every quantifier that could fail is bounded: time stays linear in the length of the text.
_TOKEN = re.compile(
    rf"(?P<skip>(?:https?://|www\.)\S+|[^\s@]{{1,64}}@[^\s@]{{1,255}}|#?\w{{0,40}}\d[\w.,:%/-]*)"
    rf"|(?P<unspaced>{_UNSPACED})"
    rf"|(?P<word>{_LETTER}+(?:[-'\u2019.]{_LETTER}+)*)"
    rf"|(?P<mark>\S)"
)
_LONGEST_UNSPACED = 6
_LONGEST_WORD = 40
_POSSESSIVE = re.compile("['\u2019]s?$")


def words_of(text: str) -> list[str]:
    """Every word of `text`, as written."""
    return [word for match in _TOKEN.finditer(text) if (word := match["word"] or match["unspaced"])]


def runs_of(text: str, stop_words: Set[str], *, english: bool) -> list[list[str]]:
    """The meaningful words of `text` in runs that a stop word, number or punctuation mark ends."""
    runs: list[list[str]] = [[]]
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match["word"] or match["unspaced"] or "")
        if word and not _is_stop(word, stop_words, english):
            runs[-1].append(word)
            if match["word"] == word:
                continue
            # What follows "council's" belongs to it, not with it; unspaced words stand alone.
        if runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def is_unspaced(word: str) -> bool:
    """Whether `word` is in a script that puts no spaces between words."""
    return "\u3040" <= word[0] <= "\u9fff"


def _is_stop(word: str, stop_words: Set[str], english: bool) -> bool:
    lower = word.lower()
    if is_unspaced(word) and len(word) > _LONGEST_UNSPACED:
        return True
    if len(word) < 2 or len(word) > _LONGEST_WORD or lower in stop_words:
        return True
    return english and ("'" in lower or "\u2019" in lower or is_noise(lower))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What "battery", "Batteries" and "battery's" have in common; rough, and only ever compared."""
    word = _POSSESSIVE.sub("", word.lower())
    for suffix, put_back in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("s", ""),
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith(("ss", "us", "is")):
            return word[: -len(suffix)] + put_back
    return word
