import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.documents import MAX_DOCUMENT_BYTES, BlankDocument, Document, DocumentTooLarge, NotText


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("One line", "One line"),
        ("\n\n  First of two \nSecond", "First of two"),
        ("# Heading\n\nText", "Heading"),
        ("### Heading ###\nText", "Heading"),
        ("#\n\nAfter an empty heading", "After an empty heading"),
        ("#hashtag first", "#hashtag first"),
        ("Learn C#", "Learn C#"),
        ("####### seven is no heading", "####### seven is no heading"),
        ("---\ntitle: front matter\n---", "title: front matter"),
        ("\ufeffAfter a byte order mark", "After a byte order mark"),
        ("\u200b\nAfter an invisible line", "After an invisible line"),
        ("tab\tand  spaces\x07 become one", "tab and spaces become one"),
        ("第一行\n第二行", "第一行"),
        ("🙂", "Untitled"),
    ],
)
def test_without_a_title_the_first_line_that_says_something_becomes_one(text: str, title: str) -> None:
    assert Document.create(text).title == title


def test_a_long_first_line_is_cut_at_a_word_to_eighty_characters() -> None:
    title = Document.create("word " * 40).title
    assert title == "word " * 14 + "word…"
    assert len(title) <= 80


def test_a_title_that_is_given_wins_and_becomes_one_line_of_at_most_300_characters() -> None:
    assert Document.create("text", " Two\nlines\x07").title == "Two lines"
    assert len(Document.create("text", "t" * 301).title) == 300


@pytest.mark.parametrize("title", ["", "  ", "\u200b\n", "\ud800"])
def test_a_title_that_shows_nothing_counts_as_none(title: str) -> None:
    assert Document.create("First line", title).title == "First line"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d\ufeff", "\x01\x1b", "\u3000\u00a0"])
def test_a_text_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(BlankDocument, match="blank"):
        Document.create(text)


@pytest.mark.parametrize(("text", "title"), [("a\x00b", None), ("text", "ti\x00tle")])
def test_nul_characters_are_refused(text: str, title: str | None) -> None:
    with pytest.raises(NotText, match="NUL"):
        Document.create(text, title)


def test_half_a_surrogate_pair_is_refused_and_its_place_told() -> None:
    with pytest.raises(NotText, match="character 5"):
        Document.create("half \ud800")


def test_the_limit_is_in_bytes_of_utf_8() -> None:
    exact = "é" * (MAX_DOCUMENT_BYTES // 2)
    assert Document.create(exact).text == exact
    with pytest.raises(DocumentTooLarge, match="1,048,577"):
        Document.create(exact + "x")


def test_the_text_is_kept_to_the_character() -> None:
    text = "\ufeff# Title \r\n\n text\t"
    assert Document.create(text).text == text


def test_every_document_has_an_id_of_its_own_in_the_order_of_creation() -> None:
    ids = [Document.create("same").document_id for _ in range(100)]
    assert len(set(ids)) == 100
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 1_000_000 + "b",
        "a" + " #" * 500_000 + "b",
        "#" * 1_000_000,
        "a" + "\u200b \n" * 200_000,
        "# " * 500_000 + "a",
    ],
    ids=["spaces", "marks", "hashes", "lines", "headings"],
)
def test_no_text_makes_deriving_a_title_slow(text: str) -> None:
    started = time.process_time()
    Document.create(text)
    assert time.process_time() - started < 10  # what is quadratic in a million characters takes minutes


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=400))
def test_a_title_is_one_line_of_1_to_300_printable_characters(text: str) -> None:
    try:
        title = Document.create(text).title
    except BlankDocument:
        return
    assert 1 <= len(title) <= 300
    assert title.isprintable()
    assert title == title.strip()
