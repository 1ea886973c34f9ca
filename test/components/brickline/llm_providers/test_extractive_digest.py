"""The extractive method itself, on the sample documents and on texts that are not as documents should be."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brickline.llm_providers.extractive.digest import LONGEST_SUMMARY, Digest, digest

SAMPLES = sorted((Path(__file__).parents[4] / "development" / "samples").glob("*.*"))
FLOOD = next(path for path in SAMPLES if "flood" in path.name).read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    """Without white space and Markdown's emphasis, to find a sentence whatever it was wrapped in."""
    return re.sub(r"[\s*`]+", "", text)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_three_to_twelve_distinct_themes_from_its_own_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    themes = digest(text).themes
    assert 3 <= len(themes) <= 12
    for theme in themes:
        assert " ".join(theme.lower().split()) in " ".join(text.lower().split())
        assert re.fullmatch(r"\w[\w' -]*\w", theme)
        others = [other.lower() for other in themes if other != theme]
        assert not any(theme.lower() in other for other in others), f"{theme} repeats one of {others}"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_summarised_by_its_own_whole_sentences_in_their_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    summary = digest(text).summary
    assert 100 < len(summary) <= LONGEST_SUMMARY
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", summary)
    assert 1 <= len(sentences) <= 3
    places = [squeezed(text).find(squeezed(sentence)) for sentence in sentences]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("battery-storage-procurement", {"battery", "Norvolt Systems"}),
        ("food-coop-quarterly-letter", {"flood", "member loans"}),
        ("hospital-staffing-memo", {"nurses", "overtime"}),
        ("library-digitisation-plan", {"budget", "volunteers", "glass negatives"}),
        ("river-flood-after-action", {"flood", "pumps", "wardens"}),
        ("school-bus-routing-review", {"routes", "maintenance"}),
    ],
)
def test_the_themes_of_a_sample_are_what_it_is_about(sample: str, expected: set[str]) -> None:
    text = next(path for path in SAMPLES if path.stem == sample).read_text(encoding="utf-8")
    assert expected <= set(digest(text).themes)


def test_one_word_is_its_own_summary_and_theme() -> None:
    assert digest("Maintenance") == Digest("Maintenance", ("maintenance",))


def test_one_sentence_is_its_own_summary() -> None:
    sentence = "The board approved a new budget for bridge maintenance."
    found = digest(sentence)
    assert found.summary == sentence
    assert "bridge maintenance" in found.themes


def test_themes_keep_the_capitals_of_names_and_acronyms_only() -> None:
    found = digest(
        "# Ferry timetables\n\nGPS records of the Cotley Line show late ferries. Ferry timetables of the "
        "Cotley Line leave out the tide. GPS records cover every ferry. Timetables should follow the tide."
    )
    assert {"GPS records", "Cotley Line", "ferry timetables", "tide"} <= set(found.themes)


@pytest.mark.parametrize("text", ["!!! ??? ... ---", "123 456 789,00 12.5", "🎉🎉 🚀"])
def test_a_text_without_words_is_quoted_and_has_no_themes(text: str) -> None:
    assert digest(text) == Digest(text, ())


@pytest.mark.parametrize("text", ["", "  \r\n\t ", "\x00\x01"])
def test_blank_text_gives_nothing(text: str) -> None:
    assert digest(text) == Digest("", ())


def test_emoji_do_not_become_themes() -> None:
    found = digest(
        "We saw fireworks 🎆 over the harbour last night. The harbour was full of boats and people. 🎉"
    )
    assert "harbour" in found.themes
    assert not re.search(r"[🎆🎉]", "".join(found.themes))


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        (
            "Die Stadtbibliothek plant die Digitalisierung der Sammlung. Der Haushalt der Stadtbibliothek "
            "reicht dafür nicht aus. Freiwillige Helfer haben die Kartons aus dem Keller getragen.",
            "Stadtbibliothek",
        ),
        (
            "La bibliothèque municipale prépare la numérisation de ses collections. Le budget de la "
            "bibliothèque ne suffit pas. Des bénévoles ont transporté les cartons hors de la cave.",
            "bibliothèque",
        ),
        (
            "我们的城市正在建设新的图书馆。图书馆的预算是三百万元。市议会将在五月讨论图书馆的维护费用。",
            "图书馆",
        ),
        ("図書館の予算は三百万円です。ボランティアが図書館の古い本を整理しました。", "図書館"),
        ("नगर पुस्तकालय अपने संग्रह का डिजिटलीकरण कर रहा है। पुस्तकालय का बजट पर्याप्त नहीं है।", "पुस्तकालय"),
    ],
    ids=["german", "french", "chinese", "japanese", "hindi"],
)
def test_other_languages_give_themes_and_sentences_of_their_own(text: str, theme: str) -> None:
    found = digest(text)
    assert theme in found.themes
    assert squeezed(found.summary[:20]) in squeezed(text)


MARKDOWN = """# Pump *report*

```python
pumps = [Pump(n) for n in range(5)]
```

| pump | hours |
|------|-------|
| one  | 4,210 |

See the [pump manual](https://example.org/manual "Manual") for **valve details** before you start a `pump`.

- [ ] Check the valves of every pump

> The third pump was ![icon](x.png) isolated for <b>maintenance</b> until its new seal arrives.
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old-mac"])
def test_markdown_leaves_no_residue(newline: str) -> None:
    found = digest(MARKDOWN.replace("\n", newline))
    assert found.summary == (
        "See the pump manual for valve details before you start a pump. "
        "The third pump was icon isolated for maintenance until its new seal arrives."
    )
    assert "pump" in found.themes
    assert not re.search(r"[*_`|\[\]()<>#]|https?|range", " ".join((found.summary, *found.themes)))


def test_a_text_that_is_all_code_still_has_a_summary() -> None:
    assert digest("```\ntotal = price * count\n```").summary == "total = price * count"


def test_a_fence_that_nothing_closes_hides_nothing() -> None:
    found = digest("```\nThe ferry company sold both of its old ferries in March.\n")
    assert found.summary == "The ferry company sold both of its old ferries in March."


def test_what_a_database_cannot_store_is_not_passed_on() -> None:
    found = digest("The old\x00 ferry \ud800 was sold to the island council in March.")
    found.summary.encode()
    assert "\x00" not in found.summary


HARD = {
    "one word of 200 KB": "a" * 200_000,
    "base64": "QWxhZGRpbjpvcGVuIHNlc2FtZQ" * 8000,
    "brackets": "[" * 200_000,
    "parentheses and words": "(" * 50_000 + ". A b c " * 20_000,
    "unclosed emphasis": "**a " * 50_000,
    "unclosed tags": "<a " * 60_000,
    "full stops": ". " * 100_000,
    "abbreviations": "e.g. " * 50_000,
    "underscores": "_a_" * 80_000,
    "at signs": "a@" * 100_000,
    "distinct words": " ".join(
        f"w{i:x}q".translate(str.maketrans("0123456789", "ghijklmnop")) for i in range(40_000)
    ),
    "pipes": "|" * 200_000,
    "list items": "- a\n" * 60_000,
    "document repeated": (FLOOD * 60)[: 256 * 1024],
    "document on one line": (" ".join(FLOOD.split()) * 60)[: 256 * 1024],
    "unspaced script": "我们的城市正在建设新的图书馆。" * 16_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_no_text_of_256_kib_takes_long(text: str) -> None:
    digest("Loaded before the clock starts.")
    started = time.process_time()
    found = digest(text)
    assert time.process_time() - started < 10  # about half a second here; what is quadratic takes minutes
    assert found.summary
    assert len(found.summary) <= LONGEST_SUMMARY


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab Z.!?\n\r\t#*_`|[]()<>-+&;:@\\1é中カि'\"\x00\ud800🎉"), max_size=120)
)
def test_any_text_gives_a_bounded_answer_and_a_summary_unless_it_is_blank(text: str) -> None:
    found = digest(text)
    assert len(found.summary) <= LONGEST_SUMMARY
    assert len(found.themes) <= 12
    assert all(theme.strip() for theme in found.themes)
    if re.sub(r"[\x00\s]", "", text):
        assert found.summary
    found.summary.encode()
