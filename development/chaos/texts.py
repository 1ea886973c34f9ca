"""Documents to post: passages of the workspace's samples, no two alike."""

import random
import re
from pathlib import Path

_SAMPLES = Path(__file__).parents[1] / "samples"
_FEWEST, _MOST = 60, 80  # and the rest of the sentence
_SENTENCE = re.compile(r"[A-Z][^.!?|#]*[.!?](?=\s|$)")


class Texts:
    """Reports of 60 to 100 words or so; the same number gives the same text."""

    def __init__(self) -> None:
        files = sorted(path for path in _SAMPLES.iterdir() if path.suffix in (".md", ".txt"))
        self._sentences = [
            " ".join(found.split()) for path in files for found in _SENTENCE.findall(path.read_text("utf-8"))
        ]

    def __getitem__(self, number: int) -> str:
        chance = random.Random(number)  # noqa: S311 - a choice of passages
        wanted = chance.randint(_FEWEST, _MOST)
        at = chance.randrange(len(self._sentences))
        words = f"Field report {number}.".split()
        while len(words) < wanted:
            words += self._sentences[at % len(self._sentences)].split()
            at += 1
        return f"Field report {number}\n\n{' '.join(words)}"
