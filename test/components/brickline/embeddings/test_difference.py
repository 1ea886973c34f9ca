"""The gate: two texts are taken for each other only where nothing speaks against it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.embeddings import difference

WORDS = ["the", "patient", "board", "pump", "lease", "river", "tax", "valve", "engine", "report", "window"]
OTHERS = [
    "lung",
    "liver",
    "nicht",
    "ne",
    "бы",
    "不",
    "seven",
    "never",
    "all",
    "after",
    "Vienna",
    "17",
    "A7X",
    "§",
]

sentences = st.lists(st.sampled_from(WORDS), min_size=2, max_size=12, unique=True)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Invoice for 1,000 euros.", "Invoice for 9,000 euros.", "number 1,000 against 9,000"),
        ("It costs 5% more.", "It costs 6% more.", "number 5% against 6%"),
        ("We met two of them.", "We met ten of them.", "number two against ten"),
        ("We met Anna.", "We met Peter.", "name Anna against Peter"),
        ("Write to a@example.com.", "Write to b@example.com.", "code a@example.com against b@example.com"),
        ("The tenant may leave.", "The tenant may not leave.", "negation nothing against not"),
        ("They may pay.", "They must pay.", "modal may against must"),
        ("Pay all of it.", "Pay some of it.", "quantifier all against some"),
        ("Pay before delivery.", "Pay after delivery.", "direction before against after"),
        ("It treats the lung.", "It treats the liver.", "word lung against liver"),
        ("It is paid.", "It is paid?", "mark nothing against ?"),
        ("Acme acquires Bolt.", "Bolt acquires Acme.", "order: acme against bolt"),
        ("We like Apple.", "We like apple.", "name Apple against nothing"),
    ],
)
def test_the_reason_names_the_first_difference(one: str, other: str, reason: str) -> None:
    assert difference(one, other) == reason


def test_what_decides_most_is_named_first() -> None:
    reason = difference("Anna may take 5 tablets daily.", "Peter must take 6 pills daily.")

    assert reason == "number 5 against 6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Please list the fees.", "List fees."),
        ("Could you please summarise the case?", "Summarize the case, please."),
        ("What's the fee?", "what is the fee"),
        ("They don't buy  three of them.", "They do not purchase 3 of them"),
        ("He said “no”.", 'He said "no".'),
        ("Caf\u00e9 am Markt.", "Cafe\u0301 am Markt."),
        ("One\r\nTwo", "One\nTwo"),
    ],
)
def test_a_harmless_difference_is_none(one: str, other: str) -> None:
    assert difference(one, other) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Man-eating sharks.", "Man eating sharks."),
        ("He would buy twenty five-dollar stamps.", "He would buy twenty-five dollar stamps."),
        ("Who's left?", "Who is left?"),  # has?
        ("You cannot go.", "You can not go."),
        ("Can you translate Latin?", "Translate Latin."),
        ("How to please the customer.", "How to the customer."),
        ("Explain the few errors.", "Explain few errors."),
        ("Twenty five of them.", "Twenty 5 of them."),
        ("E5 is lost.", "e5 is lost."),
        ("a\tb", "a b"),
        ("1 2\n3", "1\n2 3"),
        ("Zürich", "Zurich"),
        ("no\u200bt", "not"),
        ("pаy", "pay"),  # noqa: RUF001  # the first a is Cyrillic
    ],
)
def test_what_looks_harmless_and_is_not_makes_a_difference(one: str, other: str) -> None:
    assert difference(one, other)


@given(sentences, st.data())
def test_a_word_exchanged_left_out_or_put_in_makes_a_difference(
    words: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    word = data.draw(st.sampled_from(OTHERS))
    text = " ".join(words)

    assert difference(text, " ".join([*words[:place], word, *words[place + 1 :]]))
    assert difference(text, " ".join([*words[:place], word, *words[place:]]))
    assert difference(text, " ".join([*words[:place], *words[place + 1 :]]))


@given(sentences, st.randoms(use_true_random=False))
def test_another_order_of_words_makes_a_difference(words: list[str], rng: random.Random) -> None:
    shuffled = rng.sample(words, len(words))
    reason = difference(" ".join(words), " ".join(shuffled))

    assert (reason is None) == (shuffled == words)
    assert reason is None or reason.startswith("order: ")


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_is_symmetric_and_no_text_that_can_be_compared_differs_from_itself(one: str, other: str) -> None:
    assert (difference(one, other) is None) == (difference(other, one) is None)
    itself = difference(one, one)
    assert itself is None or itself.endswith("not compared") or "only up to" in itself


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a text without a letter or digit is not compared"),
        (" ?! … 👍", "a text without a letter or digit is not compared"),
        ("a\x00b", "a text with U+0000 in it is not compared"),
        ("a\ud800b", "a text with U+D800 in it is not compared"),
        ("word " * 2_000_000, "a text of 10,000,000 characters is not compared, only up to 4,000"),
    ],
    ids=["empty", "punctuation", "NUL", "surrogate", "10 MB"],
)
def test_a_text_that_cannot_be_compared_is_like_no_other(text: str, reason: str) -> None:
    assert difference(text, text) == reason
    assert difference("A word.", text) == reason


@pytest.mark.parametrize(
    "text", ["Договор действителен.", "合同有效。", "العقد صالح.", "สัญญามีผล", "अनुबंध वैध है।"]
)
def test_a_text_in_another_script_is_like_itself_only(text: str) -> None:
    assert difference(text, text) is None
    assert difference(text, text[1:])


def test_a_number_of_any_size_is_compared_whole_and_shown_in_short() -> None:
    number = "7" * 3_990

    assert difference(number, number) is None
    assert difference(number, number + "7") == f"number {'7' * 40}… against {'7' * 40}…"
    assert difference("pay 1e999999", "pay 1e99999") == "code 1e999999 against 1e99999"
