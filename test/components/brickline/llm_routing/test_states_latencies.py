"""Measurements handed in together move the average as if they had come one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.llm_routing.states.latencies import Latencies, blended

SECONDS = st.lists(st.floats(0, 1000), min_size=1, max_size=30)


def merged(known_s: float | None, latencies: Latencies) -> float:
    """Do what the shared row does with a batch."""
    (batch,) = latencies.take().values()
    return batch.mean_s if known_s is None else known_s + batch.weight * (batch.mean_s - known_s)


@given(st.floats(0, 1000), SECONDS, st.integers(0, 30))
def test_a_batch_counts_as_its_calls_one_by_one(known_s: float, seconds: list[float], cut: int) -> None:
    latencies, one_by_one = Latencies(), known_s
    for each in seconds[:cut]:
        latencies.add("m", each)
    failed = latencies.take()
    for each in seconds[cut:]:
        latencies.add("m", each)
    latencies.put_back(failed)
    for each in seconds:
        one_by_one = blended(one_by_one, each)
    assert merged(known_s, latencies) == pytest.approx(one_by_one)


@given(SECONDS)
def test_an_average_stays_among_what_was_measured(seconds: list[float]) -> None:
    latencies = Latencies()
    for each in seconds:
        latencies.add("m", each)
    assert min(seconds) - 1e-6 <= merged(None, latencies) <= max(seconds) + 1e-6


def test_what_was_taken_is_not_there_again() -> None:
    latencies = Latencies()
    latencies.add("b", 1)
    latencies.add("a", 1)
    assert list(latencies.take()) == ["a", "b"]
    assert latencies.take() == {}
