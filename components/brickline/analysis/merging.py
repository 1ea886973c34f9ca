"""One document's insights from those of its parts."""

from collections.abc import Sequence

from brickline.schemas import Insights

_MAX_SUMMARY_CHARS = 2000
_MAX_THEMES = 12
_MAX_SHOWN = 12
"""So many summaries have room for a sentence or two each."""


def merge_insights(parts: Sequence[Insights]) -> Insights:
    """Join the summaries, each cut to its share; rank the themes by how many parts name them.

    Of very many parts, some from the first to the last are shown, and the themes of all count.
    """
    if len(parts) == 1:
        return parts[0]
    shown = _spread(parts)
    share = _MAX_SUMMARY_CHARS // len(shown) - 1
    return Insights(summary=" ".join(_shorten(part.summary, share) for part in shown), themes=_rank(parts))


def _spread(parts: Sequence[Insights]) -> Sequence[Insights]:
    if len(parts) <= _MAX_SHOWN:
        return parts
    last = len(parts) - 1
    return [parts[number * last // (_MAX_SHOWN - 1)] for number in range(_MAX_SHOWN)]


def _shorten(summary: str, max_chars: int) -> str:
    """Cut at the last sentence end that fits, else at the last word."""
    if len(summary) <= max_chars:
        return summary
    head = summary[:max_chars]
    sentences = head.rfind(". ", max_chars // 2)  # before that it may be an abbreviation, and little is left
    return head[: sentences + 1] if sentences > 0 else head[:-1].rsplit(" ", 1)[0] + "…"


def _rank(parts: Sequence[Insights]) -> tuple[str, ...]:
    """Return the themes that most parts name; of those equal in that, the ones their parts rank highest."""
    spelling: dict[str, str] = {}
    named: dict[str, int] = {}
    best: dict[str, int] = {}
    for part in parts:
        for rank, theme in enumerate(part.themes):
            key = theme.casefold()
            spelling.setdefault(key, theme)
            named[key] = named.get(key, 0) + 1
            best[key] = min(best.get(key, rank), rank)
    ranked = sorted(spelling, key=lambda key: (-named[key], best[key]))
    return tuple(spelling[key] for key in ranked[:_MAX_THEMES])
