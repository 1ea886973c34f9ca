"""Picks the few whole sentences that say most of what a text says."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brickline.llm_providers.extractive.plain_text import ends_sentence

_MOST_SENTENCES = 3
_FEWEST_WORDS = 8
_LONGEST = 320
_FIGURE = re.compile(r"\d[\d.,]*")
# Openings that lean on the sentence before, which a summary will not hold.
_LEANS_BACK = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|but|and|or|so|however|also|then|there|"
    r"both|such|neither|nor|yet|thank|here|instead|otherwise|therefore|half|most of|the other|the second|"
    r"the third|at that time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text with the stems of its meaningful words."""

    text: str
    stems: frozenset[str]
    words: int
    """Its length in words, in characters where a script has no spaces."""
    opens_block: bool
    in_list: bool
    has_verb: bool


def pick_sentences(sentences: Sequence[Sentence], weights: Mapping[str, float], room: int) -> tuple[str, ...]:
    """Up to three of `sentences` in their order, together at most `room` characters.

    Each pick goes to the sentence with the heaviest words not yet covered, so that they differ.
    """
    order: list[int] = []
    covered: set[str] = set()
    first_at = {sentence.text: i for i, sentence in reversed(list(enumerate(sentences)))}
    candidates = {i for i in first_at.values() if _can_stand_alone(sentences[i])}
    while candidates and len(order) < _MOST_SENTENCES:
        best = max(candidates, key=lambda i: (_score(sentences, i, weights, covered), -i))
        candidates.discard(best)
        if len(sentences[best].text) + 1 > room:
            continue
        order.append(best)
        covered |= sentences[best].stems
        room -= len(sentences[best].text) + 1
    return tuple(sentences[i].text for i in sorted(order))


def _can_stand_alone(sentence: Sentence) -> bool:
    text = sentence.text
    return (
        ends_sentence(text)
        and not text.endswith("?")
        and len(text) <= _LONGEST
        and sentence.words >= _FEWEST_WORDS
        and not text[0].islower()
        and sentence.has_verb
    )


def _score(
    sentences: Sequence[Sentence], index: int, weights: Mapping[str, float], covered: set[str]
) -> float:
    sentence = sentences[index]
    gain = sum((0.3 + weights[word]) * (0.25 if word in covered else 1.0) for word in sentence.stems)
    # Longer sentences hold more words; the root keeps them from winning by length alone.
    density = gain / math.sqrt(max(sentence.words, 16))
    # What a document is about, it tends to say first.
    place = 0.65 + 0.85 * math.exp(-6 * index / len(sentences))
    opening = 1.15 if sentence.opens_block else 1.0
    listed = 0.7 if sentence.in_list else 1.0
    figures = 1.0 + 0.12 * min(len(_FIGURE.findall(sentence.text)), 3)
    independence = 0.5 if index and _LEANS_BACK.match(sentence.text) else 1.0
    return density * place * opening * listed * figures * independence
