"""What a request may begin or end with and remain the same request."""

from collections.abc import Sequence

from brickline.embeddings.words import ASKABLE, NEED_THE, REQUESTS


def without_courtesy(words: Sequence[str]) -> Sequence[int]:
    """Indices of `words` without please, without "can you ...?", and without "the" after the request."""
    begin, end = _of_question(words)
    if words[begin : begin + 1] == ["please"]:
        begin += 1
    if begin >= end or words[begin] not in REQUESTS:
        return range(len(words))
    if words[end - 1] == "please":
        end -= 2 if words[end - 2] == "," else 1
    kept = list(range(begin, end))
    if words[begin + 1 : begin + 2] == ["the"] and not NEED_THE.intersection(words[begin + 2 : end][:1]):
        kept.remove(begin + 1)
    return kept


def _of_question(words: Sequence[str]) -> tuple[int, int]:
    """Where the request in "can you ...?" begins and ends; the whole where there is none."""
    first, last = 2, len(words) - 1
    if words[2:3] == ["please"]:
        first = 3
    if list(words[:2]) in (["can", "you"], ["could", "you"]) and words[-1] == "?" and words[first] in ASKABLE:
        return 2, last
    return 0, len(words)
