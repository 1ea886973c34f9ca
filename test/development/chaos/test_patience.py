import pytest

from chaos import patience
from chaos.patience import Patience


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    return clock


def test_it_lasts_as_long_as_something_becomes_less(clock: Clock) -> None:
    waiting = Patience(10)
    for left in range(100, 0, -1):
        clock.now += 9
        assert waiting.lasts(left)


def test_it_ends_when_nothing_has_become_less_for_long_whatever_grows(clock: Clock) -> None:
    waiting = Patience(10)
    assert waiting.lasts(5, 0)
    clock.now = 9
    assert waiting.lasts(5, 100)
    clock.now = 10
    assert not waiting.lasts(6, 0)


def test_of_two_figures_the_second_counts_where_the_first_is_equal(clock: Clock) -> None:
    waiting = Patience(10)
    assert waiting.lasts(5, 7)
    clock.now = 9
    assert waiting.lasts(5, 6)
    clock.now = 18
    assert waiting.lasts(5, 6)
