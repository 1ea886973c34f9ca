"""Decisions and simulations, as a terminal and a program read them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from brickline.budget import Entry, State
from brickline.llm_routing import (
    Catalogue,
    Decision,
    Figures,
    ModelState,
    Routing,
    Simulated,
    Weights,
    explain,
)
from brickline.standalone.route import decision_json, decision_tables, run, tables
from brickline.standalone.route.explained import Explained
from support.asking import MOOD, model_named

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
STEERING = "[bold]\x1b[31m"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("BRICKLINE_MODELS_FILE", raising=False)
    monkeypatch.delenv("BRICKLINE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)  # where no `.brickline` is


def decision() -> Decision:
    models = (model_named("large", usd_per_mtok="10"), model_named("small", usd_per_mtok="1"))
    others = (model_named("locked"), model_named("broken"))
    states = {
        "small": ModelState(latency_s=0.25),
        "broken": ModelState(open_until=NOW + timedelta(seconds=30), reason=STEERING),
    }
    problems = {"locked": "key SMALL_KEY is not set"}
    return explain(MOOD, 1000, Catalogue(Routing(), (*models, *others)), states, problems, NOW)


def test_candidates_show_their_rank_parts_of_the_score_costs_and_latency(
    capsys: pytest.CaptureFixture[str],
) -> None:
    decision_tables.show(Explained(MOOD, 1000, decision(), live=True))
    said = capsys.readouterr().out
    assert said.index("small") < said.index("large")
    first = decision().ranking[0]
    assert f"{first.score:.3f}" in said
    assert all(
        f"{name} {part:.3f}" in said for name, part in zip(("cost", "latency"), first.parts, strict=False)
    )
    assert "0.250 s" in said
    assert "not known" in said
    assert "No database" not in said


def test_what_is_left_out_says_why_and_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    decision_tables.show(Explained(MOOD, 1000, decision(), live=False))
    said = capsys.readouterr().out
    assert "key SMALL_KEY is not set" in said
    assert "its breaker is open: [bold]" in said
    assert "\x1b[31m" not in said
    assert "2026-11-22 15:00:30Z" in said
    assert "every model is taken to be well" in said


def test_programs_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    decision_json.print_json(Explained(MOOD, 1000, decision(), live=False))
    printed = json.loads(capsys.readouterr().out)
    assert (printed["task"], printed["text_tokens"], printed["live"]) == ("mood", 1000, False)
    first, second = printed["candidates"]
    assert (first["rank"], first["model"], second["model"]) == (1, "small", "large")
    assert first["score"] == pytest.approx(sum(first["parts"].values()))
    assert 0 < first["expected_usd"] < first["worst_usd"]
    assert {each["model"]: each["kind"] for each in printed["exclusions"]} == {
        "locked": "problem",
        "broken": "breaker",
    }


def test_a_model_whose_key_is_missing_is_left_out_with_the_name_of_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[models]]\nname = "small"\nprovider = "openai_compatible"\nmodel = "m"\n'
        'base_url = "http://127.0.0.1:9/v1"\napi_key_env = "SMALL_KEY"\ninput_usd_per_mtok = 1\n'
        "output_usd_per_mtok = 1\ncontext_tokens = 128000\n"
    )
    assert run.explain_task(run.Where(None, None), "insights", 1200, file, as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["candidates"], printed["live"]) == ([], False)
    (left_out,) = printed["exclusions"]
    assert left_out["model"] == "small"
    assert "SMALL_KEY" in left_out["reason"]
    assert run.explain_task(run.Where(None, None), "insights", 1200, file, as_json=False) == 0
    assert "No model can take it." in capsys.readouterr().out


def test_without_a_models_file_the_built_in_one_is_ranked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.explain_task(run.Where(None, None), "insights", 1200, None, as_json=True) == 0
    assert [each["model"] for each in json.loads(capsys.readouterr().out)["candidates"]] == ["extractive"]


@pytest.mark.parametrize("text", ["[[models", "[[models]]\nname = 5\n"])
def test_a_models_file_that_cannot_be_used_is_refused_with_its_problems(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    assert run.explain_task(run.Where(None, None), "insights", 1200, file, as_json=True) == 1
    assert "wrong.toml:" in capsys.readouterr().err


def call(note: dict[str, Any]) -> Entry:
    return Entry(
        entry_id=7,
        tenant="acme",
        event_id=uuid4(),
        step="insights",
        attempt=2,
        trace_id="ab" * 16,
        model="small",
        state=State.SETTLED,
        outcome="answered",
        reserved_micros=5,
        cost_micros=4,
        saved_micros=0,
        fingerprint=None,
        note=note,
        result=None,
        opened_at=NOW,
        dispatched_at=NOW,
        closed_at=NOW,
        expires_at=NOW,
        reused=0,
    )


def test_calls_of_an_event_are_shown_with_the_decision_that_is_stored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = [call({"decision": decision().as_note()}), call({}), call({"decision": {"task": 5}})]
    decision_tables.show_calls(calls)
    said = capsys.readouterr().out
    assert "insights, attempt 2: small, answered, $0.000004 (call 7)" in said
    assert "SMALL_KEY" in said
    assert said.count("How it was decided is not stored") == 2
    decision_json.print_calls_json(calls)
    first, *others = json.loads(capsys.readouterr().out)["calls"]
    assert [each["model"] for each in first["decision"]["candidates"]] == ["small", "large"]
    assert [each["decision"] for each in others] == [None, None]


def simulated(**changes: Any) -> Simulated:
    values: dict[str, Any] = {
        "since": NOW,
        "weights": Weights(cost=1, latency=0, quality=0.5),
        "calls": 1200,
        "skipped": 0,
        "estimated": 0,
        "without_latency": 0,
        "before": Figures(2_000_000, 1.5, 0.8),
        "after": Figures(500_000, 0.5, 0.6),
        "moves": {("large", "small"): 1100},
    }
    return Simulated(**{**values, **changes})


def test_a_simulation_shows_both_and_the_difference(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_simulated(simulated(skipped=3, estimated=1, without_latency=2))
    said = capsys.readouterr().out
    for text in (
        "1,200 answered calls since 2026-11-22 15:00:00Z",
        "cost=1, latency=0, quality=0.5",
        "-$1.50 (-75.0%)",
        "-1.000 s",
        "-0.200",
        "1,100 calls would move from large to small.",
        "not stored: 3 calls.",
        "nobody metered their tokens: 1 call.",
        "is not known: 2 calls.",
    ):
        assert text in said
    tables.print_simulated_json(simulated())
    printed = json.loads(capsys.readouterr().out)
    assert printed["change"] == {"cost_usd": -1.5, "latency_s": -1.0, "quality": -0.2}
    assert printed["moves"] == [{"from": "large", "to": "small", "calls": 1100}]


def test_a_simulation_of_nothing_or_without_a_change_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Figures(0, None, None)
    tables.show_simulated(simulated(calls=0, before=nothing, after=nothing, moves={}))
    assert "No answered call" in capsys.readouterr().out
    free = Figures(0, None, 0.3)
    tables.show_simulated(simulated(calls=1, before=free, after=free, moves={}))
    said = capsys.readouterr().out
    assert "1 answered call since" in said
    assert "No call would move." in said
    tables.print_simulated_json(simulated(calls=0, before=nothing, after=nothing, moves={}))
    assert json.loads(capsys.readouterr().out)["change"]["latency_s"] is None
