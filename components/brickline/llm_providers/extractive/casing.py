"""Writes a phrase as it would stand in the middle of a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set

from brickline.llm_providers.extractive.phrase_counts import Phrase


def names_in(sentences: Iterable[Sequence[str]]) -> Set[str]:
    """Words that within a sentence stand with a capital more often than without: names, and German nouns."""
    capital: Counter[str] = Counter()
    for words in sentences:
        for position, word in enumerate(words):
            if word[:1].isupper():
                capital[word.lower()] += position > 0
            else:
                capital[word] -= 1
    return {word for word, balance in capital.items() if balance > 0}


def written(phrase: Phrase, names: Set[str]) -> str:
    """The phrase as most often written, without the capitals that only start a sentence or a heading."""
    surface = max(phrase.surfaces, key=lambda form: (phrase.surfaces[form], len(form)))
    return " ".join(_in_sentence_case(word, names) for word in surface.split())


def _in_sentence_case(word: str, names: Set[str]) -> str:
    is_capitalised = word[1:] == word[1:].lower()  # unlike GPS or iPhone
    return word.lower() if is_capitalised and word.lower() not in names else word
