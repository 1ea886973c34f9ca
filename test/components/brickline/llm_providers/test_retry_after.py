from datetime import UTC, datetime

import pytest

from brickline.llm_providers.over_http.retry_after import retry_after_s

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        ("1.5", 1.5),
        ("-3", 0),
        ("999999999", 86400),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sun, 01 Mar 2026 12:01:30", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Mar 2026 12:01:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_nonsense_is_nothing(said: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": said}, NOW) == seconds


def test_without_a_header_there_is_no_advice() -> None:
    assert retry_after_s({}, NOW) is None


def test_milliseconds_go_before_seconds() -> None:
    assert retry_after_s({"retry-after-ms": "250", "retry-after": "1"}, NOW) == 0.25
