"""From a text to its summary and themes: the extractive method as one pure function."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brickline.llm_providers.extractive.english import is_verb
from brickline.llm_providers.extractive.key_phrases import key_phrases
from brickline.llm_providers.extractive.language import UNSPACED, guess_language
from brickline.llm_providers.extractive.phrase_counts import Material, Run
from brickline.llm_providers.extractive.plain_text import (
    Block,
    inline_text,
    printable,
    read_blocks,
)
from brickline.llm_providers.extractive.salient_sentences import Sentence, pick_sentences
from brickline.llm_providers.extractive.sample import sample
from brickline.llm_providers.extractive.words import runs_of, stem, words_of
from brickline.llm_providers.extractive.yake_library import split_sentences, stop_words

LONGEST_SUMMARY = 600
_FALLBACK_LENGTH = 280
_MARKS = re.compile(r"[|#>`]+|[-=]{2,}")
# Chinese and Japanese put no space after a full stop, and the splitter looks for one.
_UNSPACED_STOP = re.compile(r"(?<=[\u3002\uff01\uff1f])(?=\S)")


@dataclass(frozen=True, slots=True)
class Digest:
    """What was lifted from a text: whole sentences of it, and phrases it repeats."""

    summary: str
    themes: tuple[str, ...]


def digest(text: str, longest_summary: int = LONGEST_SUMMARY) -> Digest:
    """The salient sentences of `text`, together no longer than `longest_summary`, and its key phrases.

    The summary is empty only for blank text; where no sentence will do, it is the text's start.
    """
    text = printable(text)
    blocks = read_blocks(sample(text))
    language = guess_language(word for block in blocks for word in words_of(block.text))
    reader = _Reader(language)
    headings = [block.text for block in blocks if block.is_heading]
    sentences, runs = reader.sentences(block for block in blocks if not block.is_heading)
    material = Material(
        title=[run for heading in headings[:1] for run in reader.runs(heading)],
        headings=[run for heading in headings[1:] for run in reader.runs(heading)],
        body=runs,
        sentences=[words_of(sentence.text) for sentence in sentences] or [words_of(text[:LONGEST_SUMMARY])],
        language=language,
    )
    themes = key_phrases(material)
    room = min(longest_summary, LONGEST_SUMMARY)
    picked = pick_sentences(sentences, _weights(material.runs, themes), room)
    return Digest(" ".join(picked) or _start_of(text, blocks, room), themes)


class _Reader:
    """Reads blocks in one language."""

    def __init__(self, language: str) -> None:
        self._stop_words = stop_words()[language]
        self._english = language == "en"
        self._unspaced = language == UNSPACED

    def runs(self, text: str) -> list[list[str]]:
        """The meaningful words of `text`."""
        return runs_of(text, self._stop_words, english=self._english)

    def sentences(self, blocks: Iterable[Block]) -> tuple[list[Sentence], list[Run]]:
        """The sentences of `blocks`, and the meaningful words of all of them."""
        sentences: list[Sentence] = []
        all_runs: list[Run] = []
        for block in blocks:
            for index, text in enumerate(split_sentences(_UNSPACED_STOP.sub(" ", block.text))):
                runs = self.runs(text)
                all_runs.extend(runs)
                sentences.append(
                    Sentence(
                        text,
                        stems=frozenset(stem(word) for run in runs for word in run),
                        words=len(text) if self._unspaced else text.count(" ") + 1,
                        opens_block=index == 0,
                        in_list=block.is_item,
                        has_verb=not self._english or any(is_verb(word.lower()) for word in words_of(text)),
                    )
                )
        return sentences, all_runs


def _weights(runs: Sequence[Run], themes: Sequence[str]) -> Mapping[str, float]:
    """How much each stem says: its frequency on a log scale, and more where a theme holds it."""
    counts = Counter(stem(word) for run in runs for word in run)
    bonus = {stem(word) for theme in themes for word in theme.split()}
    return {word: math.log(count) + (1.0 if word in bonus else 0.0) for word, count in counts.items()}


def _start_of(text: str, blocks: Sequence[Block], room: int) -> str:
    """The first words of the prose, or of the bare text where there is no prose in it."""
    prose = " ".join(block.text for block in blocks)
    bare = text.strip()[: 2 * LONGEST_SUMMARY]
    start = prose or " ".join(_MARKS.sub(" ", inline_text(bare)).split()) or " ".join(bare.split())
    limit = max(min(room, _FALLBACK_LENGTH), 1)
    if len(start) <= limit:
        return start
    cut = start[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip() + "\u2026"
