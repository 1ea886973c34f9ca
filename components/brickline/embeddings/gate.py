"""Whether two texts may be taken for each other."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from brickline.embeddings.fitness import unfit
from brickline.embeddings.reading import Token, read

# The first of these in which two texts differ is the reason given: what decides most comes first.
_KINDS = ("number", "code", "name", "negation", "modal", "quantifier", "direction", "word", "mark")
_LONGEST_SHOWN = 40


def difference(a: str, b: str) -> str | None:
    """Why `a` and `b` may not be taken for each other ("number 1,000 against 9,000"), or None.

    None means: the same numbers, names, codes, negations, modals, quantifiers and other words in the same
    order, but for the few harmless differences that `reading` lists. Nothing with more than 4,000 characters,
    without a letter or digit, or with a character that is none (NUL, a lone surrogate) passes, not even
    beside itself. Cautious rather than clever: most paraphrases do not pass either.
    """
    if reason := unfit(a) or unfit(b):
        return reason
    ours, theirs = read(a), read(b)
    if _means(ours) == _means(theirs):
        return None
    if _reordered(ours, theirs):
        return f"order: {_first(ours, theirs)}"
    for kind in _KINDS:
        of_kind = [[token for token in tokens if token.kind == kind] for tokens in (ours, theirs)]
        if Counter(_means(of_kind[0])) != Counter(_means(of_kind[1])):
            return f"{kind} {_first(*of_kind)}"
    return f"word {_first(ours, theirs)}"  # the same word, a name in one of them only by its place


def _reordered(ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """Tell by words in lower case, for one that moves to the beginning loses its capital."""
    one, other = ([means.lower() for means in _means(tokens)] for tokens in (ours, theirs))
    return one != other and Counter(one) == Counter(other)


def _means(tokens: Sequence[Token]) -> list[str]:
    return [token.means for token in tokens]


def _first(ours: Sequence[Token], theirs: Sequence[Token]) -> str:
    pairs = zip_longest(ours, theirs)
    one, other = next(pair for pair in pairs if len({token and token.means for token in pair}) == 2)
    return f"{_shown(one)} against {_shown(other)}"


def _shown(token: Token | None) -> str:
    if token is None:
        return "nothing"
    text = token.text if token.text.isprintable() else ascii(token.text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
