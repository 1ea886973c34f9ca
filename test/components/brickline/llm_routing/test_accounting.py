"""With a ledger: what was paid for is never paid for again, and every call is in the books."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from brickline.budget import Budgets, Entry, Ledger, Period, Scope, State, Wish
from brickline.llm_routing import (
    AmbiguousCall,
    Answer,
    BudgetRefused,
    CallInFlight,
    InvalidOutput,
    LLMClient,
    OnAmbiguous,
    ProviderRefused,
    ProviderRequest,
    ProviderResponse,
    ProviderUnavailable,
    Usage,
    WaitingForBudget,
    WaitingForHolds,
    WhenSpent,
)
from brickline.persistence import Database, DatabaseUnavailable
from support.asking import (
    CALM,
    IN_ORDER,
    MOOD,
    TEXT,
    WRONG,
    Mood,
    Scripted,
    StepCall,
    client_of,
    model_named,
)
from support.outage import outage
from support.waiting import eventually

PAID = model_named(usd_per_mtok="2")
COST = 20
"""Of 7 and 3 tokens at 2 micro-dollars each."""
LOST = ProviderUnavailable("scripted", "the connection broke", maybe_billed=True)


def paid(*outcomes: str | Exception | ProviderResponse, **options: object) -> Scripted:
    return Scripted(*outcomes, **options)  # type: ignore[arg-type]  # passed on as they are


async def entries(ledger: Ledger) -> list[Entry]:
    return [entry async for entry in ledger.since(datetime.now(UTC) - timedelta(hours=1))]


async def states(ledger: Ledger) -> list[tuple[State, str | None]]:
    return [(entry.state, entry.outcome) for entry in await entries(ledger)]


async def test_a_redelivered_event_reads_its_answer_back_and_pays_nothing(ledger: Ledger) -> None:
    provider, call = Scripted(CALM), StepCall()
    first = await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, call)
    again = await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, call)
    assert len(provider.asked) == 1
    assert replace(first, seconds=0) == again == Answer(Mood(word="calm", strength=2), "scripted-1", COST)
    (entry,) = await entries(ledger)
    assert (entry.state, entry.cost_micros, entry.reused) == (State.SETTLED, COST, 1)


async def test_the_answer_of_a_free_model_is_read_back_too(ledger: Ledger) -> None:
    provider, call = Scripted(CALM), StepCall()
    for _ in range(2):
        await client_of(provider, ledger=ledger).answer(MOOD, TEXT, call)
    assert len(provider.asked) == 1


async def test_each_step_of_an_event_is_asked_for_itself(ledger: Ledger) -> None:
    provider, call = Scripted(CALM), StepCall()
    client = client_of((PAID, provider), ledger=ledger, routing=replace(IN_ORDER, cache=False))
    await client.answer(MOOD, TEXT, call)
    await client.answer(MOOD, TEXT, replace(call, step="another"))
    await client.answer(MOOD, TEXT, replace(call, tenant="another"))
    assert len(provider.asked) == 3


async def test_a_wrong_answer_is_put_right_and_both_are_paid(ledger: Ledger) -> None:
    provider, call = Scripted(WRONG, CALM), StepCall()
    answer = await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, call)
    assert (answer.repaired, answer.cost_micros) == (True, 2 * COST)
    first, second = provider.asked
    assert first.corrections == ()
    assert second.corrections[0].answer == WRONG
    assert "strength: Input should be less than or equal to 10" in second.corrections[0].problems
    assert await states(ledger) == [(State.SETTLED, "invalid"), (State.SETTLED, "answered")]
    again = await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, call)
    assert (again.repaired, again.cost_micros) == (True, 2 * COST)


async def test_a_cut_off_answer_is_asked_for_again_and_shorter(ledger: Ledger) -> None:
    cut = ProviderResponse(CALM[:9], "scripted-1", Usage(7, 20), truncated=True)
    provider = Scripted(cut, CALM)
    await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert "cut off after 20 tokens" in provider.asked[1].corrections[0].problems
    assert (await states(ledger))[0] == (State.SETTLED, "truncated")


async def test_after_two_corrections_it_is_given_up_and_a_replay_begins_anew(ledger: Ledger) -> None:
    provider, call = Scripted(WRONG), StepCall()
    client = client_of((PAID, provider), ledger=ledger)
    with pytest.raises(InvalidOutput):
        await client.answer(MOOD, TEXT, call)
    assert [len(request.corrections) for request in provider.asked] == [0, 1, 2]
    provider.asked.clear()
    with pytest.raises(InvalidOutput):
        await client.answer(MOOD, TEXT, call)
    assert [len(request.corrections) for request in provider.asked] == [0, 1, 2]


async def test_a_correction_goes_on_where_a_dead_worker_stopped(ledger: Ledger, database: Database) -> None:
    call, routing = StepCall(), replace(IN_ORDER, on_ambiguous=OnAmbiguous.RETRY)
    dying = Scripted(WRONG, SystemExit("killed"))  # type: ignore[arg-type]  # no failure that is handled
    first = asyncio.create_task(_answer(client_of((PAID, dying), ledger=ledger, routing=routing), call))
    await asyncio.wait([first])
    provider = Scripted(CALM)
    client = client_of((PAID, provider), ledger=ledger, routing=routing)
    with pytest.raises(CallInFlight):
        await client.answer(MOOD, TEXT, call)
    await let_leases_end(database)
    answer = await client.answer(MOOD, TEXT, call)
    assert [correction.answer for correction in provider.asked[0].corrections] == [WRONG]
    assert answer.repaired
    assert await states(ledger) == [
        (State.SETTLED, "invalid"),
        (State.AMBIGUOUS, "expired"),
        (State.SETTLED, "answered"),
    ]


async def _answer(client: LLMClient, call: StepCall) -> None:
    try:
        await client.answer(MOOD, TEXT, call)
    except SystemExit:
        return


async def let_leases_end(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("update ledger set expires_at = now() - interval '1 second'")


async def test_what_was_not_billed_is_released_and_the_next_model_is_asked(ledger: Ledger) -> None:
    busy = Scripted(ProviderUnavailable("busy", "HTTP 429"), name="busy")
    answer = await client_of(
        (replace(PAID, name="busy"), busy), (PAID, Scripted(CALM)), ledger=ledger
    ).answer(MOOD, TEXT, StepCall())
    assert (answer.cost_micros, answer.degraded) == (COST, False)
    assert await states(ledger) == [(State.RELEASED, "unavailable"), (State.SETTLED, "answered")]


async def test_what_may_have_been_billed_is_not_asked_again_before_somebody_says_what_it_cost(
    ledger: Ledger,
) -> None:
    provider, call = Scripted(LOST, CALM), StepCall()
    client = client_of((PAID, provider), ledger=ledger)
    for _ in range(2):
        with pytest.raises(AmbiguousCall, match="brickline budget resolve"):
            await client.answer(MOOD, TEXT, call)
    assert len(provider.asked) == 1
    (entry,) = await ledger.ambiguous()
    await ledger.resolve(entry.entry_id, 0)
    assert (await client.answer(MOOD, TEXT, call)).cost_micros == COST
    assert await states(ledger) == [(State.RELEASED, "unavailable"), (State.SETTLED, "answered")]


async def test_with_retry_it_is_asked_again_and_the_first_stays_held(ledger: Ledger) -> None:
    provider = Scripted(LOST, name="lost")
    routing = replace(IN_ORDER, on_ambiguous=OnAmbiguous.RETRY)
    client = client_of(
        (replace(PAID, name="lost"), provider), (PAID, Scripted(CALM)), ledger=ledger, routing=routing
    )
    await client.answer(MOOD, TEXT, StepCall())
    assert await states(ledger) == [(State.AMBIGUOUS, "unavailable"), (State.SETTLED, "answered")]


@pytest.mark.parametrize(
    ("usage", "state", "cost"),
    [(None, State.RELEASED, None), (Usage(5, 5), State.SETTLED, COST)],
    ids=["free", "charged"],
)
async def test_a_refusal_costs_what_it_was_charged(
    ledger: Ledger, usage: Usage | None, state: State, cost: int | None
) -> None:
    refusal = ProviderRefused("scripted", "not allowed", usage=usage)
    with pytest.raises(ProviderRefused):
        await client_of((PAID, Scripted(refusal)), ledger=ledger).answer(MOOD, TEXT, StepCall())
    (entry,) = await entries(ledger)
    assert (entry.state, entry.outcome, entry.cost_micros) == (state, "refused", cost)


@pytest.mark.parametrize("usage", [None, Usage(-1, 3)], ids=["none", "nonsense"])
async def test_what_is_not_metered_is_charged_at_its_worst(ledger: Ledger, usage: Usage | None) -> None:
    answer = await client_of((PAID, Scripted(CALM, usage=usage)), ledger=ledger).answer(
        MOOD, TEXT, StepCall()
    )
    (entry,) = await entries(ledger)
    assert answer.cost_micros == entry.cost_micros == entry.reserved_micros > 1000


async def test_a_fault_in_a_provider_leaves_its_call_in_doubt(ledger: Ledger) -> None:
    with pytest.raises(KeyError):
        await client_of((PAID, Scripted(KeyError("bug"))), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert await states(ledger) == [(State.AMBIGUOUS, "failed")]


CHEAP = replace(model_named("cheap", usd_per_mtok="0.01"), quality={"mood": 0.4})


async def limit(database: Database, micros: int, scope: Scope | None = None) -> None:
    await Budgets(database).set_limit(scope or Scope.overall(), Period.DAY, micros)


async def test_where_money_is_spent_a_cheaper_model_answers_and_says_so(
    ledger: Ledger, database: Database
) -> None:
    await limit(database, 1000)
    dear, cheap, call = Scripted(CALM), Scripted(CALM, name="cheap"), StepCall()
    client = client_of((PAID, dear), (CHEAP, cheap), ledger=ledger)
    answer = await client.answer(MOOD, TEXT, call)
    assert (answer.model, answer.degraded) == ("cheap-1", True)
    assert dear.asked == []
    assert (await client.answer(MOOD, TEXT, call)).degraded


async def test_where_no_model_can_be_paid_the_event_waits_for_the_window(
    ledger: Ledger, database: Database
) -> None:
    await limit(database, 1)
    client = client_of((PAID, Scripted(CALM)), (CHEAP, Scripted(CALM)), ledger=ledger)
    with pytest.raises(WaitingForBudget, match="day budget of overall") as caught:
        await client.answer(MOOD, TEXT, StepCall())
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert caught.value.until == midnight or caught.value.until < midnight
    assert await entries(ledger) == []


@pytest.mark.parametrize(
    ("policy", "error"), [(WhenSpent.DEFER, WaitingForBudget), (WhenSpent.REFUSE, BudgetRefused)], ids=str
)
async def test_the_policy_may_be_to_wait_or_to_refuse(
    ledger: Ledger, database: Database, policy: WhenSpent, error: type[Exception]
) -> None:
    await limit(database, 1000)
    client = client_of(
        (PAID, Scripted(CALM)),
        (CHEAP, Scripted(CALM)),
        ledger=ledger,
        routing=replace(IN_ORDER, when_spent=policy),
    )
    with pytest.raises(error):
        await client.answer(MOOD, TEXT, StepCall())


async def test_where_only_holds_are_in_the_way_it_waits_a_moment_and_is_not_degraded(
    ledger: Ledger, database: Database
) -> None:
    slow = Scripted(CALM, delay_s=30)
    client = client_of((PAID, slow), (CHEAP, Scripted(CALM)), ledger=ledger)
    await limit(database, 4000)
    first = asyncio.create_task(client.answer(MOOD, TEXT, StepCall()))
    await slow.heard.wait()
    with pytest.raises(WaitingForHolds) as caught:
        await client.answer(MOOD, "Other water.", StepCall())
    assert caught.value.until - datetime.now(UTC) < timedelta(seconds=5)
    first.cancel()


async def test_an_equal_question_is_answered_by_the_same_answer_for_nothing(ledger: Ledger) -> None:
    provider = Scripted(CALM)
    client = client_of((PAID, provider), ledger=ledger)
    first = await client.answer(MOOD, TEXT, StepCall())
    second = await client.answer(MOOD, TEXT, StepCall())
    assert len(provider.asked) == 1
    assert (second.output, second.model, second.cost_micros) == (first.output, first.model, 0)
    cached = (await entries(ledger))[1]
    assert (cached.outcome, cached.cost_micros, cached.saved_micros) == ("cached", 0, COST)


async def test_what_differs_in_anything_is_asked(ledger: Ledger) -> None:
    provider, other_model = Scripted(CALM), Scripted(CALM, name="other")
    client = client_of((PAID, provider), ledger=ledger)
    await client.answer(MOOD, TEXT, StepCall())
    await client.answer(MOOD, TEXT + " ", StepCall())
    await client.answer(MOOD, TEXT, StepCall(tenant="another"))
    await client.answer(replace(MOOD, version=2), TEXT, StepCall())
    await client.answer(replace(MOOD, instructions="Name it."), TEXT, StepCall())
    await client_of((PAID, provider), ledger=ledger, routing=replace(IN_ORDER, cache=False)).answer(
        MOOD, TEXT, StepCall()
    )
    assert len(provider.asked) == 6
    better = replace(PAID, name="other", model="other-1")
    await client_of((better, other_model), (PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert len(other_model.asked) == 1


async def test_many_workers_that_ask_the_same_at_once_pay_once(ledger: Ledger) -> None:
    provider = Scripted(CALM, delay_s=0.3)
    clients: Sequence[LLMClient] = [client_of((PAID, provider), ledger=ledger) for _ in range(50)]
    answers = await asyncio.gather(*(client.answer(MOOD, TEXT, StepCall()) for client in clients))
    assert len(provider.asked) == 1
    assert sorted(answer.cost_micros for answer in answers) == [0] * 49 + [COST]


async def test_if_the_one_that_asks_fails_another_asks(ledger: Ledger) -> None:
    provider = Scripted(ProviderUnavailable("scripted", "HTTP 503"), CALM, delay_s=0.1)
    asking = [client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall()) for _ in range(5)]
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert len(provider.asked) == 2
    assert sum(isinstance(answer, Exception) for answer in answers) == 1


async def test_an_event_that_another_worker_has_in_hand_comes_back_later(ledger: Ledger) -> None:
    provider, call = Scripted(CALM, delay_s=30), StepCall()
    client = client_of((PAID, provider), ledger=ledger)
    first = asyncio.create_task(client.answer(MOOD, TEXT, call))
    await provider.heard.wait()
    with pytest.raises(CallInFlight) as caught:
        await client.answer(MOOD, TEXT, call)
    assert caught.value.until > datetime.now(UTC)
    first.cancel()
    assert len(provider.asked) == 1


class Withholding(Scripted):
    """A provider that answers when it may."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.may_answer = asyncio.Event()

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        self.heard.set()
        await self.may_answer.wait()
        return await super().complete(request)


async def test_an_answer_that_was_paid_for_outlasts_a_restart_of_postgres(
    ledger: Ledger, postgres_server: str, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider = Withholding(CALM)
    asking = asyncio.create_task(client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall()))
    await provider.heard.wait()
    async with outage(postgres_server, database_url):
        provider.may_answer.set()
        await eventually(lambda: "llm.waiting_for_ledger" in caplog.text)
    assert (await asking).cost_micros == COST
    assert await states(ledger) == [(State.SETTLED, "answered")]


async def test_what_is_known_is_read_back_though_no_model_can_be_asked_any_more(
    ledger: Ledger, database: Database
) -> None:
    call = StepCall()
    first = await client_of((PAID, Scripted(CALM)), ledger=ledger).answer(MOOD, TEXT, call)
    await limit(database, 0)
    assert (
        await client_of((PAID, Scripted(WRONG)), ledger=ledger).answer(MOOD, TEXT, call)
    ).output == first.output
    assert (await client_of(ledger=ledger).answer(MOOD, TEXT, call)).output == first.output


async def test_an_event_that_was_edited_and_replayed_is_asked_anew(ledger: Ledger) -> None:
    provider, call = Scripted(CALM), StepCall()
    client = client_of((PAID, provider), ledger=ledger)
    await client.answer(MOOD, TEXT, call)
    await client.answer(MOOD, "Rough water.", call)
    assert [request.text for request in provider.asked] == [TEXT, "Rough water."]


class Unheard(Ledger):
    """A ledger whose first answer to `open` is lost on its way."""

    lost = False

    async def open(self, wish: Wish, lease_s: float) -> Entry:
        entry = await super().open(wish, lease_s)
        if not self.lost:
            self.lost = True
            raise DatabaseUnavailable("the connection broke")
        return entry


async def test_a_call_whose_opening_was_not_heard_of_was_not_made(database: Database) -> None:
    ledger, provider, call = Unheard(database), Scripted(CALM), StepCall()
    client = client_of((PAID, provider), ledger=ledger)
    with pytest.raises(DatabaseUnavailable):
        await client.answer(MOOD, TEXT, call)
    assert provider.asked == []
    await client.answer(MOOD, TEXT, call)
    assert await states(ledger) == [(State.RELEASED, "passed over"), (State.SETTLED, "answered")]


class ReadOnlyFor(Ledger):
    """A ledger of a server that is read-only for a moment, as after a failover."""

    refusals = 2

    async def settle(self, entry_id: int, cost_micros: int, **how: Any) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise asyncpg.ReadOnlySQLTransactionError("cannot execute UPDATE in a read-only transaction")
        return await super().settle(entry_id, cost_micros, **how)


async def test_whatever_postgres_says_an_answer_that_was_paid_for_is_written_down(database: Database) -> None:
    ledger = ReadOnlyFor(database)
    answer = await client_of((PAID, Scripted(CALM)), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert answer.cost_micros == COST
    assert await states(ledger) == [(State.SETTLED, "answered")]


async def test_who_is_cancelled_while_a_model_answers_leaves_the_call_in_doubt(
    ledger: Ledger,
) -> None:
    provider = Scripted(CALM, delay_s=30)
    asking = asyncio.create_task(client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall()))
    await provider.heard.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert await states(ledger) == [(State.AMBIGUOUS, "failed")]


@pytest.mark.parametrize(
    "failure", [ProviderUnavailable("scripted", "HTTP 503"), LOST], ids=["not billed", "in doubt"]
)
async def test_a_paid_model_that_fails_is_asked_once_before_a_free_one(
    ledger: Ledger, failure: ProviderUnavailable
) -> None:
    paid_one, free = Scripted(failure), Scripted(CALM, name="free")
    routing = replace(IN_ORDER, on_ambiguous=OnAmbiguous.RETRY)
    await client_of((PAID, paid_one), free, ledger=ledger, routing=routing).answer(MOOD, TEXT, StepCall())
    assert (len(paid_one.asked), len(free.asked)) == (1, 1)


@pytest.mark.parametrize("usage", [Usage(10**19, 1), Usage(7, 10**19)], ids=["in", "out"])
async def test_absurd_usage_is_charged_at_its_worst(ledger: Ledger, usage: Usage) -> None:
    answer = await client_of((PAID, Scripted(CALM, usage=usage)), ledger=ledger).answer(
        MOOD, TEXT, StepCall()
    )
    (entry,) = await entries(ledger)
    assert answer.cost_micros == entry.cost_micros == entry.reserved_micros


async def test_a_megabyte_of_junk_is_not_sent_back_whole(ledger: Ledger) -> None:
    provider = Scripted("x" * 1_000_000, CALM)
    await client_of((PAID, provider), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert len(provider.asked[1].corrections[0].answer) == MOOD.max_output_tokens * 16


async def test_where_the_context_has_no_room_for_a_correction_there_is_none(ledger: Ledger) -> None:
    provider = Scripted(WRONG)
    small = replace(PAID, context_tokens=1700)
    with pytest.raises(InvalidOutput):
        await client_of((small, provider), ledger=ledger).answer(MOOD, TEXT, StepCall())
    assert len(provider.asked) == 1
