"""The figures: what is held against what."""

from benchmarks.figure import Figure, ratio
from benchmarks.llm.contest import GENERATE, GENERATE_ACCOUNTED, LITELLM, Answers, Contestant, p50_ms

CONTESTANTS = (GENERATE, LITELLM, GENERATE_ACCOUNTED)
"""In the order of a round: the peer next to both of ours."""


def figures(answers: Answers) -> list[Figure]:
    """Return those of the rounds that were played."""
    return [
        _against("generate without account, against LiteLLM", GENERATE, 20, answers),
        _against("generate with ledger and budget, against LiteLLM", GENERATE_ACCOUNTED, 2, answers),
    ]


def _against(name: str, ours: Contestant, at_least: float, answers: Answers) -> Figure:
    mine = [p50_ms(answer) for answer in answers[ours]]
    other = [p50_ms(answer) for answer in answers[LITELLM]]
    return ratio(
        name,
        [1 / each for each in mine],
        [1 / each for each in other],
        at_least=at_least,
        how=f"p50 of a call, one after another: {_range(mine)} against {_range(other)} of {LITELLM.name}, "
        "which keeps no durable account",
    )


def _range(each_ms: list[float]) -> str:
    return f"{min(each_ms):.3f}..{max(each_ms):.3f} ms"
