from hypothesis import given
from hypothesis import strategies as st

from brickline.analysis import merge_insights
from brickline.schemas import Insights


def insights(summary: str = "Something.", *themes: str) -> Insights:
    return Insights(summary=summary, themes=themes)


def test_the_insights_of_one_part_stay_as_they_are() -> None:
    only = insights("Only. " * 100, *(f"theme {number}" for number in range(12)))
    assert merge_insights([only]) is only


def test_summaries_are_joined_in_the_order_of_the_parts() -> None:
    assert merge_insights([insights("One."), insights("Two.")]).summary == "One. Two."


def test_themes_named_by_more_parts_come_first_then_those_ranked_higher() -> None:
    merged = merge_insights(
        [insights("a", "x", "ferry"), insights("b", "y", "Ferry"), insights("c", "z", "y")]
    )
    assert merged.themes == ("y", "ferry", "x", "z")


def test_a_theme_is_spelled_as_the_first_part_spells_it() -> None:
    assert merge_insights([insights("a", "GDP"), insights("b", "gdp")]).themes == ("GDP",)


def test_a_long_summary_is_cut_after_a_sentence_that_fits() -> None:
    long = "A sentence of the report. " * 70
    first, second = insights(long[:1500]), insights("The end.")
    summary = merge_insights([first, second]).summary
    assert summary.endswith("report. The end.")
    assert 500 < len(summary) <= 1000 + len(" The end.")


def test_an_abbreviation_at_the_start_does_not_end_a_long_summary() -> None:
    long = "Dr. Ahmed writes " + "on and on " * 150
    assert len(merge_insights([insights(long), insights("b")]).summary) > 900


_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
_texts = st.text(_characters, min_size=1, max_size=2000)
_themes = st.lists(st.text(_characters, min_size=1, max_size=100), max_size=12).map(tuple)


@given(st.lists(st.builds(Insights, summary=_texts, themes=_themes), min_size=1, max_size=9))
def test_whatever_the_parts_say_the_whole_keeps_to_the_bounds(parts: list[Insights]) -> None:
    merged = merge_insights(parts)
    assert Insights.model_validate(merged.model_dump()) == merged
    assert len({theme.casefold() for theme in merged.themes}) == len(merged.themes) or len(parts) == 1


def test_of_very_many_parts_some_from_the_first_to_the_last_are_shown_and_all_themes_count() -> None:
    parts = [insights(f"Part {number}. " * 20, "late" if number > 500 else "early") for number in range(1200)]
    merged = merge_insights(parts)
    assert merged.summary.startswith("Part 0. Part 0.")
    assert "Part 1199." in merged.summary
    assert merged.themes == ("late", "early")
    assert Insights.model_validate(merged.model_dump()) == merged
