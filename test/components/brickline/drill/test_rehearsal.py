"""The incident, too small to pause anything. The size that does is tested end to end."""

from brickline.drill import rehearse


async def test_fewer_events_than_pause_a_group_all_become_dead_letters_and_all_finish(
    database_url: str,
) -> None:
    told: list[tuple[str, int, int]] = []
    found = await rehearse(database_url, 7, lambda *how_far: told.append(how_far))
    assert found.passed, [check for check in found.checks if not check.ok]
    assert (found.broken.dead_letters, found.broken.paused, found.broken.ready) == (7, False, True)
    assert (found.mended.replayed, found.mended.llm_calls, found.mended.reports) == (7, 7, 7)
    phases = list(dict.fromkeys(phase for phase, _, _ in told))
    last = {phase: (done, total) for phase, done, total in told}
    assert list(last.values()) == [(7, 7), (7, 7), (1, 1), (7, 7), (7, 7)]
    assert set(phases) | {"total"} == set(found.seconds)
