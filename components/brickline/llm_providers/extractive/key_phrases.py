"""Picks the phrases a text is about: yake scores the words, and this keeps what reads well as a theme."""

import math
from collections import Counter
from collections.abc import Sequence, Set
from itertools import takewhile

from brickline.llm_providers.extractive.casing import names_in, written
from brickline.llm_providers.extractive.english import WEAK_ALONE
from brickline.llm_providers.extractive.language import UNSPACED
from brickline.llm_providers.extractive.phrase_counts import (
    LONGEST_PHRASE,
    Material,
    Phrase,
    Stems,
    count_phrases,
)
from brickline.llm_providers.extractive.words import stem
from brickline.llm_providers.extractive.yake_library import score_phrases

MOST_THEMES = 12
_CANDIDATES = 200
_LONGEST_THEME = 60  # in characters
# Tuned by reading the themes of the sample documents, and of the same in other languages.
_MOST_SINGLE_WORDS = 6  # as long as there are phrases to choose from
_ENOUGH_THEMES = 4  # past this, nothing that the text says only once
_FEW_THEMES = 3  # for a text in which nothing stands out
_THEMES_PER_WORD = 2
_FRAGMENT_SHARE = 0.7  # of a phrase's uses inside one longer phrase make it a fragment
_PHRASE_SHARE = 0.6  # of a word's uses inside repeated phrases make it one too,
_OFTEN = 7  # unless it is used this often: then it is a theme of its own


def key_phrases(material: Material) -> tuple[str, ...]:
    """Up to `MOST_THEMES` distinct phrases, the most telling first, each written as the text writes it."""
    phrases = count_phrases(material)
    _score(phrases, material)
    fragments = _fragments(phrases, material.language)
    eligible = [
        stems
        for stems, phrase in phrases.items()
        if phrase.score and stems not in fragments and not _is_weak(stems, phrase, material.language)
    ]
    ranked = sorted(eligible, key=lambda stems: -phrases[stems].score)
    names = names_in(material.sentences)
    themes = tuple(dict.fromkeys(written(phrases[stems], names) for stems in _distinct(ranked, phrases)))
    return themes or _longest_words(material)


def _longest_words(material: Material) -> tuple[str, ...]:
    """What there is, for a text of a few words or of stop words only."""
    words = dict.fromkeys(word for sentence in material.sentences for word in sentence)
    fitting = [word for word in words if len(word) <= _LONGEST_THEME]
    return tuple(sorted(fitting, key=len, reverse=True)[:_FEW_THEMES])


def _fragments(phrases: dict[Stems, Phrase], language: str) -> Set[Stems]:
    """Phrases that mostly occur as part of a longer one ("Sluice pumping"), or words that mostly occur in
    phrases ("night" beside "night shift" and "night team"): the longer ones say more.
    """
    fragments: set[Stems] = set()
    in_phrases: Counter[str] = Counter()
    for stems, phrase in phrases.items():
        if _is_weak(stems, phrase, language):
            continue
        for part in {stems[:-1], stems[1:]} - {()}:
            if phrase.count >= _FRAGMENT_SHARE * phrases[part].count:
                fragments.add(part)
        if len(stems) == 2 and phrase.count > 1:
            in_phrases.update({stems[0]: phrase.count, stems[1]: phrase.count})
    for word, count in in_phrases.items():
        alone = phrases[(word,)].count
        if count >= _PHRASE_SHARE * alone and alone < _OFTEN:
            fragments.add((word,))
    return fragments


def _is_weak(stems: Stems, phrase: Phrase, language: str) -> bool:
    """Whether the phrase would not do as a theme: vague by itself, or long and written only once."""
    if phrase.count == 1 and len(stems) > (3 if language == "en" else 2):
        return True
    return any(surface.lower() in WEAK_ALONE for surface in phrase.surfaces)


def _score(phrases: dict[Stems, Phrase], material: Material) -> None:
    """Give the phrases that yake proposes a score, higher is better."""
    if material.language == UNSPACED:  # yake finds words by their spaces
        for stems, unscored in phrases.items():
            unscored.score = _salience(stems, unscored, 1.0)
        return
    # As sentences without stop words: yake then neither spends time on those nor builds phrases across them.
    # They end in "!" because segtok takes a full stop before a single word for an abbreviation's.
    text = " ".join(" ".join(run) + "!" for run in material.runs)
    for surface, h in score_phrases(text, material.language, LONGEST_PHRASE, _CANDIDATES):
        stems = tuple(stem(word) for word in surface.split())
        phrase = phrases.get(stems)
        if phrase is not None:
            phrase.score = max(phrase.score, _salience(stems, phrase, h))


def _salience(stems: Stems, phrase: Phrase, h: float) -> float:
    """Repetition, on a log scale, tempered by yake's `h`, which is small for what is early and well spread.

    By itself `h` falls with every word of a phrase, used once or often, and favours chance neighbours.
    """
    repeated = math.log2(phrase.count) + 0.15
    shape = {1: 0.8, 2: 1.6, 3: 1.6}.get(len(stems), 1.2)
    return shape * repeated * phrase.prominence / (1 + math.log1p(h * 100) / 4)


def _distinct(ranked: Sequence[Stems], phrases: dict[Stems, Phrase]) -> list[Stems]:
    """The best of `ranked` that don't repeat each other.

    Single words first leave room for phrases, and phrases used only once come in if there is little else.
    """
    chosen: list[Stems] = []
    for most_singles in (_MOST_SINGLE_WORDS, MOST_THEMES):
        for stems in ranked:
            enough = _ENOUGH_THEMES if phrases[stems].count == 1 else MOST_THEMES
            singles = sum(len(other) == 1 for other in chosen)
            if len(chosen) >= enough or (len(stems) == 1 and singles >= most_singles):
                continue
            if not _repeats(stems, chosen):
                chosen.append(stems)
    return sorted(chosen, key=ranked.index)


def _repeats(stems: Stems, chosen: Sequence[Stems]) -> bool:
    """Whether one of `chosen` holds all of `stems` or the reverse, or two of them share one of its words."""
    for other in chosen:
        short, long = sorted((stems, other), key=len)
        if all(any(_akin(a, b) for b in long) for a in short):
            return True
    return any(sum(word in other for other in chosen) >= _THEMES_PER_WORD for word in stems)


def _akin(one: str, other: str) -> bool:
    """Whether two stems look like forms of one word, as "pump" and "pumping" do."""
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and len(long) - len(short) <= 4 and long.startswith(short):
        return True
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one == other or alike >= max(5, 0.7 * len(long))
