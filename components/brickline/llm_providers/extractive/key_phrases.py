"""Picks the phrases a text is about: yake scores the words, and this keeps what reads well as a theme."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from brickline.llm_providers.extractive.words import stem
from brickline.llm_providers.extractive.yake_library import score_phrases

MOST_THEMES = 8
_LONGEST_PHRASE = 4
_ENOUGH_THEMES = 4
_CANDIDATES = 200
_FRAGMENT_SHARE = 0.7
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
    fragments = _fragments(phrases)
    _score(phrases, [*heading_runs, *runs], language)
    eligible = [stems for stems, phrase in phrases.items() if phrase.score and stems not in fragments]
    ranked = sorted(eligible, key=lambda stems: -phrases[stems].score)
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


def _fragments(phrases: dict[Stems, _Phrase]) -> Set[Stems]:
    """Phrases that mostly occur as part of a longer one ("Sluice pumping"), or words that mostly occur in
    phrases ("night" beside "night shift" and "night team"): the longer ones say more.
    """
    fragments: set[Stems] = set()
    in_phrases: Counter[str] = Counter()
    for stems, phrase in phrases.items():
        for part in {stems[:-1], stems[1:]} - {()}:
            if phrase.count >= _FRAGMENT_SHARE * phrases[part].count:
                fragments.add(part)
        if len(stems) == 2 and phrase.count > 1:
            in_phrases.update({stems[0]: phrase.count, stems[1]: phrase.count})
    words = {(word,) for word, count in in_phrases.items() if count >= 0.6 * phrases[(word,)].count}
    return fragments | words


def _score(phrases: dict[Stems, _Phrase], runs: Iterable[Run], language: str) -> None:
    """Give the phrases that yake proposes a score, higher is better."""
    # As clauses without stop words: yake then neither spends time on those nor builds phrases across them.
    text = ". ".join(" ".join(run) for run in runs)
    for surface, h in score_phrases(text, language, _LONGEST_PHRASE, _CANDIDATES):
        stems = tuple(stem(word) for word in surface.split())
        phrase = phrases.get(stems)
        if phrase is not None:
            phrase.score = max(phrase.score, _salience(stems, phrase, h))


def _salience(stems: Stems, phrase: _Phrase, h: float) -> float:
    repeated = math.log2(phrase.count) + 0.15
    shape = {1: 0.8, 2: 1.3, 3: 1.3}.get(len(stems), 1.0)
    return shape * repeated * (1.3 if phrase.in_heading else 1.0) / (1 + math.log1p(h * 100) / 4)


def _distinct(ranked: Sequence[Stems], phrases: dict[Stems, _Phrase]) -> list[Stems]:
    """The best of `ranked` that don't repeat each other; phrases used once only where there are few others."""
    chosen: list[Stems] = []
    uses: Counter[str] = Counter()
    for stems in ranked:
        enough = _ENOUGH_THEMES if phrases[stems].count == 1 else MOST_THEMES
        words = set(stems)
        repeats = any(words <= set(other) or words >= set(other) for other in chosen)
        if repeats or len(chosen) >= enough or any(uses[word] >= _THEMES_PER_WORD for word in words):
            continue
        chosen.append(stems)
        uses.update(words)
    return chosen


def _usual_casing(runs: Iterable[Run]) -> Set[str]:
    """The words that the text somewhere writes in lower case: a capital elsewhere is only a sentence's start."""
    return {word for run in runs for word in run if word == word.lower()}


def _surface(phrase: _Phrase, lower_words: Set[str]) -> str:
    surface = phrase.surfaces.most_common(1)[0][0]
    return " ".join(word.lower() if word.lower() in lower_words else word for word in surface.split())
