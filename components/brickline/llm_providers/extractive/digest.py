"""From a text to its summary and themes: the extractive method as one pure function."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from brickline.llm_providers.extractive.key_phrases import key_phrases
from brickline.llm_providers.extractive.language import guess_language, stop_words_by_language
from brickline.llm_providers.extractive.plain_text import Block, inline_text, read_blocks
from brickline.llm_providers.extractive.salient_sentences import Sentence, pick_sentences
from brickline.llm_providers.extractive.sample import sample
from brickline.llm_providers.extractive.words import runs_of, stem, words_of

LONGEST_SUMMARY = 600
_FALLBACK_LENGTH = 280
_UNSPACED_STOP = re.compile(r"(?<=[。！？])(?=\S)")


@dataclass(frozen=True, slots=True)
class Digest:
    """What was lifted from a text: whole sentences of it, and phrases it repeats."""

    summary: str
    themes: tuple[str, ...]


def digest(text: str, longest_summary: int = LONGEST_SUMMARY) -> Digest:
    """The salient sentences of `text`, together no longer than `longest_summary`, and its key phrases.

    The summary is empty only for blank text; where no sentence will do, it is the text's start.
    """
    blocks = read_blocks(sample(text))
    language = guess_language(word for block in blocks for word in words_of(block.text))
    stop_words = stop_words_by_language()[language]
    english = language == "en"
    headings = [block for block in blocks if block.is_heading]
    heading_runs = [run for block in headings for run in runs_of(block.text, stop_words, english=english)]
    sentences: list[Sentence] = []
    runs: list[list[str]] = []
    for block in blocks:
        if block.is_heading:
            continue
        for index, line in enumerate(_split(block.text)):
            found = runs_of(line, stop_words, english=english)
            runs.extend(found)
            stems = frozenset(stem(word) for run in found for word in run)
            sentences.append(Sentence(line, stems, words=line.count(" ") + 1, opens_block=index == 0))
    themes = key_phrases(runs, heading_runs, language)
    weights = _weights(runs, heading_runs, themes)
    room = min(longest_summary, LONGEST_SUMMARY)
    summary = " ".join(pick_sentences(sentences, weights, room)) or _start_of(text, blocks, room)
    return Digest(summary, themes)


def _split(text: str) -> list[str]:
    from segtok.segmenter import split_multi  # comes with yake

    return [sentence for sentence in split_multi(_UNSPACED_STOP.sub(" ", text)) if sentence]


def _weights(
    runs: Sequence[Sequence[str]], heading_runs: Sequence[Sequence[str]], themes: Sequence[str]
) -> Counter[str]:
    """How much each stem says: its frequency, on a log scale, and more if a theme or a heading holds it."""
    counts = Counter(stem(word) for run in [*runs, *heading_runs] for word in run)
    weights = Counter({word: math.log(count) for word, count in counts.items()})
    for theme in themes:
        for word in theme.split():
            weights[stem(word)] += 1.0
    return weights


def _start_of(text: str, blocks: Sequence[Block], room: int) -> str:
    start = " ".join(block.text for block in blocks)[: 4 * LONGEST_SUMMARY]
    start = start or inline_text(text.strip()[: 4 * LONGEST_SUMMARY]) or text.strip()
    limit = min(room, _FALLBACK_LENGTH)
    if len(start) <= limit:
        return start
    cut = start[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip() + "…"
