"""What readers of payloads rely on, beyond what their fields say."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from brickline.schemas import AnalysisCompleted, EventDeadLettered, EventDeferred, Insights

DOCUMENT_ID = uuid4()


def completed(**changes: Any) -> AnalysisCompleted:
    fields = {"document_id": DOCUMENT_ID, "title": "T", "insights": Insights(summary="S"), "model": "m"}
    return AnalysisCompleted(**{**fields, **changes})


def test_an_analysis_that_was_published_before_costs_were_told_can_be_read() -> None:
    written = json.loads(completed().model_dump_json())
    for name in ("degraded", "repaired", "cost_micros"):
        del written[name]
    assert AnalysisCompleted.model_validate(written) == completed(
        degraded=False, repaired=False, cost_micros=0
    )


def test_nothing_costs_less_than_nothing() -> None:
    with pytest.raises(ValidationError, match="cost_micros"):
        completed(cost_micros=-1)


@pytest.mark.parametrize("found", [{"summary": "a\x00b"}, {"summary": "a", "themes": ("b", "\x00")}])
def test_insights_hold_no_nul_whatever_a_model_was_told_to_write(found: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="holds a NUL character"):
        Insights(**found)


@pytest.mark.parametrize(
    ("subject", "document_id"),
    [(str(DOCUMENT_ID), DOCUMENT_ID), ("order 4", None), ("", None), (None, None)],
    ids=["a document", "something else", "nothing", "none"],
)
def test_an_announcement_is_about_what_its_event_was_about(subject: str | None, document_id: object) -> None:
    common: dict[str, Any] = {"event_id": uuid4(), "event_topic": "t", "group_id": "g"}
    given_up = EventDeadLettered(**common, reason="r", error="e", event_subject=subject)
    put_back = EventDeferred(
        **common, waiting_for="budget", until=datetime.now(UTC), detail="d", event_subject=subject
    )
    for announcement in (given_up, put_back):
        assert (announcement.subject, announcement.document_id) == (subject, document_id)


def test_a_deferral_has_a_time_with_a_zone() -> None:
    fields = {"event_id": str(uuid4()), "event_topic": "t", "group_id": "g", "waiting_for": "w", "detail": ""}
    with pytest.raises(ValidationError, match="timezone"):
        EventDeferred.model_validate({**fields, "until": "2026-11-05T14:00:00"})
