"""Every call of a model leaves a record: for whom, of which model, how long it took and how it ended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field

from brickline.llm_routing import (
    MIGRATIONS,
    CallLog,
    LLMClient,
    LLMError,
    ProviderRefused,
    ProviderRequest,
    ProviderResponse,
    ProviderUnavailable,
    Task,
    read_calls,
)
from brickline.persistence import Database
from support.outage import outage


class Word(BaseModel):
    word: str = Field(max_length=20)


WORD = Task(name="word", version=1, instructions="One word.", output=Word, max_output_tokens=20)


@dataclass(frozen=True)
class StepCall:
    tenant: str
    event_id: UUID
    step: str
    trace_id: str


CALL = StepCall(tenant="acme", event_id=uuid4(), step="naming", trace_id="c0ffee" + "0" * 26)


class Scripted:
    """A provider that does what it is told."""

    def __init__(self, name: str, outcome: str | Exception) -> None:
        self.name = name
        self.model = f"{name}-1"
        self._outcome = outcome

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return ProviderResponse(self._outcome, self.model, input_tokens=7, output_tokens=3)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database.connect(database_url, schema="analysis") as database:
        await MIGRATIONS.apply(database)
        yield database


async def test_a_provider_that_was_passed_over_and_the_one_that_answered_are_both_kept(
    database: Database,
) -> None:
    busy = Scripted("busy", ProviderUnavailable("busy", "too many requests"))
    client = LLMClient([busy, Scripted("calm", '{"word": "calm"}')], log=CallLog(database))
    await client.generate(WORD, text="Still water.", call=CALL)
    first, second = await read_calls(database, CALL.trace_id)
    assert (first.model, first.outcome, first.input_tokens) == ("busy-1", "unavailable", 0)
    assert first.detail is not None
    assert "too many requests" in first.detail
    assert (second.model, second.outcome, second.detail) == ("calm-1", "answered", None)
    assert (second.tenant, second.event_id, second.step, second.task) == (
        "acme",
        CALL.event_id,
        "naming",
        "word",
    )
    assert (second.input_tokens, second.output_tokens) == (7, 3)
    assert second.began_at >= first.began_at
    assert second.duration_ms >= 0


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (ProviderRefused("calm", "not allowed"), "refused"),
        ("no json", "invalid"),
        (KeyError("a bug"), "failed"),
    ],
    ids=["refused", "invalid", "failed"],
)
async def test_a_call_that_came_to_nothing_is_kept_with_its_reason(
    database: Database, outcome: str | Exception, kept: str
) -> None:
    client = LLMClient([Scripted("calm", outcome)], log=CallLog(database))
    with pytest.raises((LLMError, KeyError)):
        await client.generate(WORD, text="Still water.", call=CALL)
    (record,) = await read_calls(database, CALL.trace_id)
    assert record.outcome == kept
    assert record.detail


async def test_an_answer_is_given_though_it_cannot_be_recorded(
    postgres_server: str, database_url: str, database: Database
) -> None:
    client = LLMClient([Scripted("calm", '{"word": "calm"}')], log=CallLog(database))
    async with outage(postgres_server, database_url):
        assert (await client.generate(WORD, text="Still water.", call=CALL)).word == "calm"
