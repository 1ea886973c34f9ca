"""Picks the phrases a text is about: yake scores the words, and this keeps what reads well as a theme."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from brickline.llm_providers.extractive.words import stem

MOST_THEMES = 8
_LONGEST_PHRASE = 3
_CANDIDATES = 120
_THEMES_PER_WORD = 2

Run = Sequence[str]
Stems = tuple[str, ...]


@dataclass(slots=True)
class _Phrase:
    """All occurrences of one sequence of stems."""

    surfaces: Counter[str] = field(default_factory=Counter)
    in_heading: bool = False
    score: float = 0.0

    @property
    def count(self) -> int:
        return self.surfaces.total()


def key_phrases(runs: Sequence[Run], heading_runs: Sequence[Run], language: str) -> tuple[str, ...]:
    """Up to `MOST_THEMES` distinct phrases, the most telling first, each written as the text writes it."""
    phrases = _count(runs, heading_runs)
    _score(phrases, [*heading_runs, *runs], language)
    ranked = sorted((stems for stems in phrases if phrases[stems].score), key=lambda s: -phrases[s].score)
    casing = _usual_casing([*runs, *heading_runs])
    chosen = _distinct(ranked, phrases)
    return tuple(dict.fromkeys(_surface(phrases[stems], casing) for stems in chosen))


def _count(runs: Sequence[Run], heading_runs: Sequence[Run]) -> dict[Stems, _Phrase]:
    phrases: dict[Stems, _Phrase] = defaultdict(_Phrase)
    for group, is_heading in ((runs, False), (heading_runs, True)):
        for run in group:
            stems = [stem(word) for word in run]
            for start in range(len(run)):
                for end in range(start + 1, min(start + _LONGEST_PHRASE, len(run)) + 1):
                    phrase = phrases[tuple(stems[start:end])]
                    phrase.surfaces[" ".join(run[start:end])] += 1
                    phrase.in_heading |= is_heading
    return phrases


def _score(phrases: dict[Stems, _Phrase], runs: Iterable[Run], language: str) -> None:
    """Give the phrases that yake proposes a score, higher is better."""
    from yake import KeywordExtractor  # imports numpy and networkx

    # Runs are handed over as clauses: yake then neither spends time on stop words nor builds phrases across them.
    text = ". ".join(" ".join(run) for run in runs)
    extractor = KeywordExtractor(
        lan=language, n=_LONGEST_PHRASE, top=_CANDIDATES, dedup_lim=1.0, stopwords=set()
    )
    for surface, h in extractor.extract_keywords(text):
        stems = tuple(stem(word) for word in surface.split())
        phrase = phrases.get(stems)
        if phrase is not None:
            phrase.score = max(phrase.score, _salience(stems, phrase, float(h)))


def _salience(stems: Stems, phrase: _Phrase, h: float) -> float:
    repeated = math.log2(1 + phrase.count)
    shape = {1: 0.75, 2: 1.25, 3: 1.0}[len(stems)]
    return shape * repeated * (1.3 if phrase.in_heading else 1.0) / (1 + math.log1p(h * 100) / 4)


def _distinct(ranked: Sequence[Stems], phrases: dict[Stems, _Phrase]) -> list[Stems]:
    chosen: list[Stems] = []
    uses: Counter[str] = Counter()
    for stems in ranked:
        words = set(stems)
        if any(words <= set(other) or words >= set(other) for other in chosen):
            continue
        if any(uses[word] >= _THEMES_PER_WORD for word in words):
            continue
        chosen.append(stems)
        uses.update(words)
        if len(chosen) == MOST_THEMES:
            break
    return chosen


def _usual_casing(runs: Iterable[Run]) -> Set[str]:
    """The words that the text somewhere writes in lower case: a capital elsewhere is only a sentence's start."""
    return {word for run in runs for word in run if word == word.lower()}


def _surface(phrase: _Phrase, lower_words: Set[str]) -> str:
    surface = phrase.surfaces.most_common(1)[0][0]
    return " ".join(word.lower() if word.lower() in lower_words else word for word in surface.split())
