"""A text over a model's context is asked for in pieces, each paid for once."""

from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.analysis import INSIGHTS, MIGRATIONS, AnalysisConsumer
from brickline.analysis.pieces import pieces_of
from brickline.budget import MIGRATIONS as LEDGER
from brickline.budget import Ledger
from brickline.llm_routing import LLMClient, ModelPool
from brickline.persistence import Database
from brickline.schemas import AnalysisCompleted, DataProcessed, EventDeadLettered
from support.analyst import Analyst, analyst_model
from support.tier import Tier, running_tier

ROOM = 1000
PARAGRAPH = "The night ferry to the island is late again, and its crew asks for a second engineer.\n\n"
LONG = "".join(f"{number}. {PARAGRAPH}" for number in range(40))


def context_with(room: int) -> int:
    """The tokens of context that leave `room` bytes for the text."""
    roomy = LLMClient(ModelPool.fixed([(analyst_model(context_tokens=1_000_000), Analyst())]))
    left = roomy.room(INSIGHTS)
    assert left is not None
    return 1_000_000 - left + room


def running(
    database_url: str, provider: Analyst, *, room: int = ROOM, usd_per_mtok: float = 1
) -> AbstractAsyncContextManager[Tier]:
    """The tier with one model that has room for so much, and a ledger."""
    model = analyst_model(context_tokens=context_with(room), usd_per_mtok=usd_per_mtok)

    def consumers(database: Database) -> list[AnalysisConsumer]:
        client = LLMClient(ModelPool.fixed([(model, provider)]), ledger=Ledger(database))
        return [AnalysisConsumer(client)]

    return running_tier(database_url, "analysis", [MIGRATIONS, LEDGER], consumers)


def document(content: str = LONG) -> DataProcessed:
    return DataProcessed(document_id=uuid4(), title="Ferry", content=content)


async def steps(tier: Tier) -> list[str]:
    return [row["step"] for row in await tier.fetch("select step from ledger order by opened_at")]


async def test_a_long_text_is_asked_for_in_pieces_that_fit_and_their_insights_are_merged(
    database_url: str,
) -> None:
    provider = Analyst()
    async with running(database_url, provider) as tier:
        await tier.happens(document())
        (completed,) = await tier.published(AnalysisCompleted)
        named = await steps(tier)
    assert "".join(provider.asked) == LONG
    assert all(len(text.encode()) <= ROOM for text in provider.asked)
    count = len(provider.asked)
    assert count > len(LONG) // ROOM
    assert named == [f"insights/{number}@{ROOM}" for number in range(1, count + 1)]
    assert completed.insights.themes[0] == "shared"
    assert completed.insights.summary.startswith("Says 0. The night ferry")
    assert completed.cost_micros == count * 110
    assert (completed.model, completed.degraded, completed.repaired) == ("analyst/1", False, False)


async def test_a_text_that_just_fits_is_asked_for_whole(database_url: str) -> None:
    provider = Analyst()
    fitting = LONG[:ROOM]
    async with running(database_url, provider) as tier:
        await tier.happens(document(fitting))
        assert await steps(tier) == ["insights"]
    assert provider.asked == [fitting]


async def test_pieces_that_show_nothing_are_not_asked_for(database_url: str) -> None:
    provider = Analyst()
    async with running(database_url, provider) as tier:
        await tier.happens(document("The ferry." + " " * 5000 + "The bridge."))
        assert len(await tier.published(AnalysisCompleted)) == 1
    assert [text.strip() for text in provider.asked] == ["The ferry.", "The bridge."]


async def test_after_a_failure_between_pieces_only_the_missing_ones_are_asked_and_paid_for(
    database_url: str,
) -> None:
    provider = Analyst()
    provider.refused = "25. The night"
    text = document()
    async with running(database_url, provider) as tier:
        event_id = await tier.happens(text)
        (letter,) = await tier.published(EventDeadLettered)
        assert letter.reason == "permanent"
        before = len(provider.asked)
        provider.refused = ""
        await tier.fetch("delete from inbox where event_id = $1", event_id)  # as a replay does
        await tier.happens(text, event_id=event_id, group_id="analysis")
        (completed,) = await tier.published(AnalysisCompleted)
    assert "".join(dict.fromkeys(provider.asked)) == LONG
    refused = provider.asked[before - 1]
    assert provider.asked.count(refused) == 2
    assert len(provider.asked) == len(set(provider.asked)) + 1
    assert completed.cost_micros == len(set(provider.asked)) * 110


async def test_with_another_room_no_answer_is_taken_for_that_to_another_piece(database_url: str) -> None:
    provider, text = Analyst(), document()
    async with running(database_url, provider) as tier:
        event_id = await tier.happens(text)
    again = Analyst()
    async with running(database_url, again, room=2 * ROOM) as tier:
        await tier.fetch("delete from inbox")
        await tier.fetch("delete from analysis_parts")
        await tier.fetch("delete from analyses")
        await tier.happens(text, event_id=event_id)
        completed = (await tier.published(AnalysisCompleted))[-1]
    assert "".join(again.asked) == LONG
    assert completed.cost_micros == len(again.asked) * 110


async def test_a_text_whose_pieces_have_no_room_is_given_up_and_says_why(database_url: str) -> None:
    async with running(database_url, Analyst(), room=10) as tier:
        await tier.happens(document())
        (letter,) = await tier.published(EventDeadLettered)
    assert (letter.reason, letter.error.split(":")[0]) == ("permanent", "TextTooLong")


texts = st.text(st.one_of(st.sampled_from("ab. \n"), st.characters(exclude_categories=["Cs"])), max_size=3000)


@given(texts, st.integers(-5, 5000) | st.none())
def test_a_name_stands_for_one_piece_whatever_the_room(text: str, room: int | None) -> None:
    pieces = pieces_of(text, room, "step")
    assert pieces
    assert all(name == "step" or name.endswith(f"@{max(room or 0, 400)}") for name in pieces)
    assert ("step" not in pieces) or dict(pieces) == {"step": text}
    if room is not None and "step" not in pieces:
        assert all(len(piece.encode()) <= max(room, 400) for piece in pieces.values())


@pytest.mark.parametrize("text", ["", " ", "\u200b" * 3000])
def test_a_text_that_shows_nothing_is_asked_for_as_it_is(text: str) -> None:
    assert dict(pieces_of(text, 500, "step")) == {"step": text}
