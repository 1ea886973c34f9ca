"""Dead letters as a terminal shows them: ids can be copied at any width, and no body floods it."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from brickline.events import Body, Death, Letter, LetterDetail, LetterPage
from brickline.standalone.dlq_tables import show_letter, show_page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WIDTHS = [20, 40, 69, 70, 80, 200]


def letter_with(body: str = "{}") -> LetterDetail:
    """A dead letter."""
    letter_id, event_id = uuid4(), uuid4()
    letter = dict.fromkeys(Letter.model_fields) | {
        "dead_letter_id": letter_id,
        "event_id": event_id,
        "service": "analysis",
        "group_id": "analysis",
        "topic": "data.processed",
        "tenant": "acme",
        "reason": "contract",
        "error": "data.content: Field required " * 5,
        "fingerprint": "0123456789abcdef",
        "attempts": 1,
        "state": "dead",
        "dead_at": NOW,
    }
    death = dict.fromkeys(Death.model_fields) | {
        name: letter[name] for name in Death.model_fields if name in letter
    }
    whole = letter | {"body": Body(encoding="utf-8", text=body), "lineage": (death,)}
    return LetterDetail.model_validate(whole)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_id_in_a_list_is_whole_at_any_width(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    letters = [letter_with(), letter_with()]
    show_page(LetterPage(items=tuple(letters), next_cursor=None))
    said = capsys.readouterr().out
    assert all(str(letter.dead_letter_id) in said for letter in letters)
    assert "contract" in said


@pytest.mark.parametrize("width", WIDTHS)
def test_an_id_that_is_shown_is_whole_at_any_width(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    letter = letter_with()
    show_letter(letter)
    said = capsys.readouterr().out
    assert str(letter.dead_letter_id) in said
    assert str(letter.event_id) in said


def test_of_a_long_body_the_beginning_is_shown_and_how_much_more_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_letter(letter_with("x" * 2_000 + "\N{LATIN SMALL LETTER E WITH ACUTE}" * 600))
    *_, shown, more = capsys.readouterr().out.splitlines()
    assert shown == "x" * 2_000
    assert more == "... and 1,200 more bytes: --json shows all"


@pytest.mark.parametrize("body", ["x" * 2_000, json.dumps({"a": "b"})])
def test_a_body_that_is_not_long_is_shown_whole(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_letter(letter_with(body))
    said = capsys.readouterr().out
    assert "more bytes" not in said
    assert "".join(body.split()) in "".join(said.split())


def test_a_long_body_with_half_a_character_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_letter(letter_with(json.dumps({"a": "x" * 2_000 + "\ud800"})))
    assert "more bytes" in capsys.readouterr().out
