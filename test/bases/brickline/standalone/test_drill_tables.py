"""What a drill found, in words."""

import pytest

from brickline.drill import Broken, Incident, Mended
from brickline.standalone.drill_tables import show_incident


def incident(events: int, letters: int) -> Incident:
    """A drill with so many dead letters; its other figures do not matter here."""
    counts = dict.fromkeys((*Broken.model_fields, *Mended.model_fields), 0)
    paused = letters < events
    broken = counts | {
        "dead_letters": letters,
        "paused": paused,
        "paused_after_s": 0.5 if paused else None,
        "readiness": "as told",
        "ready": not paused,
    }
    mended = counts | {"pause_ended": paused, "ready": True}
    return Incident.model_validate(
        {
            "events": events,
            "broken": broken,
            "mended": mended,
            "seconds": {"total": 1.0},
            "checks": (),
            "passed": True,
        }
    )


@pytest.mark.parametrize(
    ("events", "letters", "says"),
    [
        (14_000, 19, "19 dead letters: the 20th pauses the group"),
        (20, 19, "19 dead letters: the 20th pauses the group"),
        (19, 19, "19 dead letters, and no pause"),
        (1, 1, "1 dead letter, and no pause"),
    ],
)
def test_it_is_said_why_there_are_so_many_dead_letters(
    events: int, letters: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_incident(incident(events, letters))
    assert says in capsys.readouterr().out
