"""Counts the phrases of a text."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from brickline.llm_providers.extractive.words import stem

LONGEST_PHRASE = 4
"""In words."""

Run = Sequence[str]
"""Meaningful words that follow each other without anything between them."""
Stems = tuple[str, ...]
"""What identifies a phrase, however it is inflected."""


@dataclass(frozen=True, slots=True)
class Material:
    """A text taken apart: the meaningful words of its title, its headings and its sentences, in runs."""

    title: Sequence[Run]
    headings: Sequence[Run]
    body: Sequence[Run]
    sentences: Sequence[Sequence[str]]
    """Every word of each sentence."""
    language: str

    @property
    def runs(self) -> list[Run]:
        """All runs, the title first."""
        return [*self.title, *self.headings, *self.body]


@dataclass(slots=True)
class Phrase:
    """All occurrences of one sequence of stems, with the score they add up to."""

    surfaces: Counter[str] = field(default_factory=Counter)
    prominence: float = 1.0
    """More than 1 for what stands in a heading, most for what stands in the title."""
    score: float = 0.0

    @property
    def count(self) -> int:
        """How often the text says it."""
        return self.surfaces.total()


def count_phrases(material: Material) -> dict[Stems, Phrase]:
    """Every sequence of meaningful words that is short enough for a theme."""
    phrases: dict[Stems, Phrase] = defaultdict(Phrase)
    for runs, prominence in ((material.body, 1.0), (material.headings, 1.3), (material.title, 1.6)):
        for run in runs:
            stems = [stem(word) for word in run]
            for start in range(len(run)):
                for end in range(start + 1, min(start + LONGEST_PHRASE, len(run)) + 1):
                    phrase = phrases[tuple(stems[start:end])]
                    phrase.surfaces[" ".join(run[start:end])] += 1
                    phrase.prominence = prominence
    return phrases
