"""What a worker found out while it was reading is newer than what it read."""

from datetime import UTC, datetime

from brickline.llm_routing import ModelState
from brickline.llm_routing.states.states_copy import StatesCopy
from brickline.llm_routing.states.states_table import Row

OPEN = ModelState(open_until=datetime(2026, 11, 22, tzinfo=UTC), reason="HTTP 503")


def test_a_breaker_that_opened_during_a_reading_stays_open() -> None:
    copy = StatesCopy()
    copy.begin_reading()
    copy.change("m", OPEN, failing=True)
    copy.end_reading({"m": Row(ModelState(), 0), "other": Row(ModelState(latency_s=1), 1)})
    assert copy.state("m") == OPEN
    assert copy.is_failing("m")
    assert copy.state("other") == ModelState(latency_s=1)
    assert copy.is_failing("other")


def test_a_breaker_that_closed_during_a_reading_stays_closed() -> None:
    copy = StatesCopy()
    copy.end_reading({"m": Row(OPEN, 5)})
    copy.begin_reading()
    copy.change("m", ModelState(), failing=False)
    copy.end_reading({"m": Row(OPEN, 5)})
    assert copy.state("m") == ModelState()
    assert not copy.is_failing("m")


def test_the_next_reading_counts_again() -> None:
    copy = StatesCopy()
    copy.change("m", OPEN, failing=True)
    copy.begin_reading()
    copy.end_reading({})
    assert copy.state("m") == ModelState()
    assert not copy.is_failing("m")
