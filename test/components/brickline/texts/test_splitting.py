import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.texts import is_blank, readable_parts, split_text

texts = st.text(st.one_of(st.sampled_from("ab. \n"), st.characters(exclude_categories=["Cs"])), max_size=300)


@given(texts, st.integers(4, 64))
def test_parts_rejoin_to_the_text_and_each_keeps_to_the_limit(text: str, max_bytes: int) -> None:
    parts = split_text(text, max_bytes)
    assert "".join(parts) == text
    assert all(len(part.encode()) <= max_bytes for part in parts)


@given(texts, st.integers(8, 64))
def test_parts_are_not_many(text: str, max_bytes: int) -> None:
    parts = split_text(text, max_bytes)
    assert all(parts) or text == ""
    # Each but the last holds at least half as many characters as would have fitted, of four bytes at most.
    assert all(len(part) >= max_bytes // 8 for part in parts[:-1])


def test_a_text_that_fits_stays_whole() -> None:
    assert split_text("a text", 6) == ("a text",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two\n\nThree four", ("One. Two\n\n", "Three four")),
        ("One. Two\nThree four five", ("One. Two\n", "Three four five")),
        ("One two three. Four five", ("One two three. ", "Four five")),
        ("One two three four five", ("One two three ", "four five")),
        ("a" * 20, ("a" * 16, "a" * 4)),
        ("é" * 10, ("é" * 8, "é" * 2)),
    ],
    ids=["paragraph", "line", "sentence", "word", "character", "whole character"],
)
def test_a_text_is_cut_where_a_reader_would(text: str, parts: tuple[str, ...]) -> None:
    assert split_text(text, 16) == parts


def test_an_early_paragraph_end_is_passed_over_for_a_later_weaker_cut() -> None:
    assert split_text("A.\n\nlong line of words", 16) == ("A.\n\nlong line ", "of words")


@pytest.mark.parametrize("max_bytes", [3, 0, -1])
def test_a_limit_that_not_every_character_fits_is_refused(max_bytes: int) -> None:
    with pytest.raises(ValueError, match=f"max_bytes is {max_bytes}"):
        split_text("a", max_bytes)


@given(texts, st.integers(4, 64))
def test_readable_parts_are_the_parts_that_show_something(text: str, max_bytes: int) -> None:
    shown = [part for part in split_text(text, max_bytes) if not is_blank(part)]
    assert list(readable_parts(text, max_bytes)) == shown


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\ufeff", "\x01\x7f", "\u00a0\u3000"])
def test_white_space_zero_width_and_control_characters_show_nothing(blank: str) -> None:
    assert is_blank(blank)
    assert not is_blank(f"{blank}a{blank}")
