"""The wasted-spend report: what was paid in vain, and what was not paid because an answer was there."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from brickline.budget import Ledger
from brickline.llm_routing import (
    AmbiguousCall,
    Amount,
    InvalidOutput,
    PermanentLLMError,
    ProviderRefused,
    ProviderResponse,
    ProviderUnavailable,
    Saved,
    Spending,
    Usage,
    Wasted,
    read_spending,
)
from support.asking import CALM, MOOD, TEXT, WRONG, Outcome, Scripted, StepCall, client_of, model_named

PAID = model_named(usd_per_mtok="2")
COST = 20
"""Of 7 and 3 tokens at 2 micro-dollars each."""
CUT = ProviderResponse(CALM[:9], "scripted-1", Usage(7, 20), truncated=True)
CUT_COST = 54
NOTHING = Amount()


async def ask(ledger: Ledger, *outcomes: Outcome, call: StepCall | None = None, text: str = TEXT) -> None:
    client = client_of((PAID, Scripted(*outcomes)), ledger=ledger)
    await client.answer(MOOD, text, call or StepCall())


async def spending(ledger: Ledger, duplicates: dict[UUID, int] | None = None) -> Spending:
    return await read_spending(ledger, datetime.now(UTC) - timedelta(hours=1), duplicates or {})


def wasted(**parts: Amount) -> Wasted:
    names = ("failed", "not_accepted", "truncated", "lost", "ambiguous")
    return Wasted(**{**dict.fromkeys(names, NOTHING), **parts})


async def test_without_calls_everything_is_nothing(ledger: Ledger) -> None:
    found = await spending(ledger)
    assert (found.made, dict(found.by_model), found.wasted) == (NOTHING, {}, wasted())
    assert found.saved == Saved(NOTHING, NOTHING, NOTHING)


async def test_an_answer_that_was_used_is_no_waste(ledger: Ledger) -> None:
    await ask(ledger, CALM)
    found = await spending(ledger)
    assert found.made == Amount(1, COST)
    assert found.by_model == {"scripted": Amount(1, COST)}
    assert found.wasted == wasted()


async def test_what_had_to_be_put_right_or_was_cut_off_was_paid_in_vain(ledger: Ledger) -> None:
    await ask(ledger, WRONG, CUT, CALM)
    found = await spending(ledger)
    assert found.made == Amount(3, 2 * COST + CUT_COST)
    assert found.wasted == wasted(not_accepted=Amount(1, COST), truncated=Amount(1, CUT_COST))
    assert found.wasted.paid_micros == COST + CUT_COST


async def test_answers_that_were_never_right_are_all_in_vain(ledger: Ledger) -> None:
    with pytest.raises(InvalidOutput):
        await ask(ledger, WRONG)
    assert (await spending(ledger)).wasted == wasted(not_accepted=Amount(3, 3 * COST))


async def test_failures_count_with_what_they_cost(ledger: Ledger) -> None:
    for failure in (
        ProviderRefused("scripted", "no", usage=Usage(7, 3)),
        ProviderRefused("scripted", "no"),
    ):
        with pytest.raises(PermanentLLMError):
            await ask(ledger, failure)
    free = ProviderUnavailable("free", "HTTP 503")
    client = client_of(Scripted(free, name="free"), (PAID, Scripted(CALM)), ledger=ledger)
    await client.answer(MOOD, TEXT, StepCall())
    found = await spending(ledger)
    assert found.wasted == wasted(failed=Amount(3, COST))
    assert found.by_model == {"scripted": Amount(3, 2 * COST), "free": Amount(1, 0)}
    assert list(found.by_model) == ["scripted", "free"]


@pytest.mark.parametrize("billed", [0, 777])
async def test_what_is_in_doubt_is_held_until_somebody_says_what_it_cost(ledger: Ledger, billed: int) -> None:
    with pytest.raises(AmbiguousCall):
        await ask(ledger, ProviderUnavailable("scripted", "broke", maybe_billed=True))
    (entry,) = await ledger.ambiguous()
    assert (await spending(ledger)).wasted == wasted(ambiguous=Amount(1, entry.reserved_micros))
    await ledger.resolve(entry.entry_id, billed)
    found = await spending(ledger)
    assert found.wasted == (wasted(lost=Amount(1, 777)) if billed else wasted(failed=Amount(1, 0)))
    assert found.made == Amount(1, billed)


async def test_an_equal_question_a_redelivery_and_a_duplicate_save_what_the_answer_cost(
    ledger: Ledger,
) -> None:
    first, done = StepCall(), StepCall()
    await ask(ledger, CALM, call=first)
    await ask(ledger, CALM, call=first)
    await ask(ledger, CALM)
    await ask(ledger, WRONG, CALM, call=done, text="Another.")
    found = await spending(ledger, {done.event_id: 3, uuid4(): 5})
    assert found.saved == Saved(
        cache=Amount(1, COST), ledger=Amount(1, COST), duplicates=Amount(3, 3 * 2 * COST)
    )
    assert found.saved.micros == 8 * COST
    assert found.made == Amount(3, 3 * COST)
