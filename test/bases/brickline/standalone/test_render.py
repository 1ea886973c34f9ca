"""Results of a demo as a terminal shows them: of money and waiting only where there is something to say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from brickline.client import DocumentResult
from brickline.jobs import Wait
from brickline.reporting import DocumentInsights
from brickline.schemas import Insights
from brickline.standalone.render import show_documents, waiting_for


def result(**changes: Any) -> DocumentResult:
    fields: dict[str, Any] = {
        "document_id": uuid4(),
        "job_id": None,
        "trace_id": "1" * 32,
        "title": "Ferry",
        "model": "some-model",
        "insights": Insights(summary="Late.", themes=("ferry",)),
        "analysed_at": datetime.now(UTC),
    }
    return DocumentResult(found=DocumentInsights(**{**fields, **changes}), seconds=0.1)


def shown(capsys: pytest.CaptureFixture[str], *results: DocumentResult) -> str:
    show_documents(results, 1.0)
    return " ".join(capsys.readouterr().out.split())


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_what_cost_nothing_says_nothing_of_money(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, result())
    assert "1 document in 1.0 s, by some-model" in said
    assert "$" not in said
    assert "budget" not in said


def test_what_cost_something_says_how_much_in_all(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, result(cost_usd=0.0001), result(cost_usd=0.000023), result())
    assert "by some-model, for $0.000123" in said


def test_documents_of_a_lesser_model_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, result(title="Ferry [red]"), result(title="Bridge [bold]", degraded=True))
    assert "By a cheaper model than preferred, for want of budget: Bridge [bold]" in said


def wait(until: datetime) -> Wait:
    return Wait(what="budget", until=until, detail="spent")


def test_the_longest_wait_is_told_with_its_day_unless_it_ends_today() -> None:
    today = datetime.now(UTC).replace(hour=14, minute=5)
    assert waiting_for([]) is None
    assert waiting_for([wait(today)]) == "Waiting for budget until 14:05 UTC"
    later = today + timedelta(days=2)
    assert waiting_for([wait(later), wait(today)]) == f"Waiting for budget until {later:%Y-%m-%d} 14:05 UTC"
