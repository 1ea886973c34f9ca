"""Events as Hypothesis makes them up."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from brickline.schemas import (
    AnalysisCompleted,
    BaseEvent,
    DataProcessed,
    EventDeadLettered,
    EventDeferred,
    Insights,
    Payload,
    ReportUpdated,
)

PAYLOADS: tuple[type[Payload], ...] = (
    DataProcessed,
    AnalysisCompleted,
    ReportUpdated,
    EventDeadLettered,
    EventDeferred,
)

_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
_uuids = st.uuids()
_counts = st.integers(1, 10_000)
_storable = _texts.filter(lambda text: "\x00" not in text)
_insights = st.builds(Insights, summary=_storable, themes=st.lists(_storable, max_size=12).map(tuple))
_payloads: dict[type[Payload], st.SearchStrategy[Payload]] = {
    DataProcessed: st.builds(
        DataProcessed, document_id=_uuids, title=_texts, content=_texts, part=_counts, parts=_counts
    ),
    AnalysisCompleted: st.builds(
        AnalysisCompleted,
        document_id=_uuids,
        title=_texts,
        insights=_insights,
        model=_texts,
        degraded=st.booleans(),
        repaired=st.booleans(),
        cost_micros=_counts,
    ),
    ReportUpdated: st.builds(ReportUpdated, document_id=_uuids),
    EventDeadLettered: st.builds(
        EventDeadLettered,
        event_id=_uuids,
        event_topic=_texts,
        group_id=_texts,
        reason=_texts,
        error=_texts,
        event_subject=st.none() | _texts,
    ),
    EventDeferred: st.builds(
        EventDeferred,
        event_id=_uuids,
        event_topic=_texts,
        group_id=_texts,
        waiting_for=_texts,
        until=st.datetimes(timezones=st.just(UTC)),
        detail=_texts,
        event_subject=st.none() | _texts,
    ),
}
_LATEST = datetime(2025, 12, 31)  # readers refuse what has not happened yet
_zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@st.composite
def events(draw: st.DrawFn, payload_type: type[Payload] | None = None) -> BaseEvent[Payload]:
    """Any event that the models allow to exist."""
    chosen = payload_type or draw(st.sampled_from(PAYLOADS))
    return BaseEvent[Payload].of(
        draw(_payloads[chosen]),
        event_id=draw(_uuids),
        trace_id=draw(st.integers(1, 16**32 - 1).map(lambda number: f"{number:032x}")),
        occurred_at=draw(st.datetimes(max_value=_LATEST, timezones=_zones)),
        source=draw(st.from_regex(r"[a-z_]{1,64}", fullmatch=True)),
        tenant=draw(st.from_regex(r"[a-z0-9_-]{1,64}", fullmatch=True)),
        job_id=draw(st.none() | _uuids),
        causation_id=draw(st.none() | _uuids),
    )
