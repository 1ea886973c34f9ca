"""Splits a sentence into runs of meaningful words and gives each word a stem to compare by."""

import re
from collections.abc import Set
from functools import lru_cache

from brickline.llm_providers.extractive.english import is_noise

# A letter, or a vowel sign of the scripts that write them as marks of their own (\w leaves those out).
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0970-\u0dff\u0e31-\u0e4e])"
_TOKEN = re.compile(
    rf"(?P<skip>(?:https?://|www\.)\S+|\S+@\S+\.\S+|#?\w*\d[\w.,:%/-]*)"
    rf"|(?P<word>{_LETTER}+(?:[-'\u2019.]{_LETTER}+)*)"
    rf"|(?P<mark>\S)"
)
_LONGEST_WORD = 40
_POSSESSIVE = re.compile("['\u2019]s?$")


def words_of(text: str) -> list[str]:
    """Every word of `text`, as written."""
    return [match["word"] for match in _TOKEN.finditer(text) if match["word"]]


def runs_of(text: str, stop_words: Set[str], *, english: bool) -> list[list[str]]:
    """The meaningful words of `text` in runs that a stop word, number or punctuation mark ends."""
    runs: list[list[str]] = [[]]
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match["word"] or "")
        if word and not _is_stop(word, stop_words, english):
            runs[-1].append(word)
            if match["word"] == word:
                continue  # after "council's" a run ends: what follows belongs to it, not with it
        if runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _is_stop(word: str, stop_words: Set[str], english: bool) -> bool:
    lower = word.lower()
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
