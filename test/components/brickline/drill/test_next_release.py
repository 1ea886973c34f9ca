"""The change of the incident: silent to the one who writes, unreadable to a reader of the release before."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from brickline.drill.counting_provider import CountingProvider
from brickline.drill.next_release import RenamedDataProcessed
from brickline.llm_routing import ProviderRequest, ProviderResponse, Usage
from brickline.schemas import BaseEvent, DataProcessed, InvalidPayload, Payload, decode, encode


def event_of(payload: Payload) -> bytes:
    event = BaseEvent[Payload].of(
        payload,
        event_id=uuid7(),
        trace_id="a" * 32,
        occurred_at=datetime.now(UTC),
        source="ingestion",
        tenant="drill",
    )
    return encode(event)


OLD = DataProcessed(document_id=uuid7(), title="Note", content="The pump stopped.")
NEW = RenamedDataProcessed.model_validate(dict(OLD))


def test_the_release_before_cannot_read_what_the_next_one_writes_at_the_same_version() -> None:
    assert RenamedDataProcessed.version == DataProcessed.version
    with pytest.raises(InvalidPayload, match="content"):
        decode(event_of(NEW), DataProcessed)


@pytest.mark.parametrize("written", [OLD, NEW], ids=["by the release before", "by itself"])
def test_the_next_release_reads_both(written: DataProcessed) -> None:
    assert decode(event_of(written), RenamedDataProcessed).payload == NEW


class Echo:
    """A provider that answers with its text, or fails."""

    name = model = "echo"

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        if request.text == "fail":
            raise RuntimeError
        return ProviderResponse(request.text, self.model, Usage(0, 0))


def asking(text: str) -> ProviderRequest:
    return ProviderRequest(task="t", instructions="i", text=text, schema={}, max_output_tokens=1, timeout_s=1)


async def test_calls_are_counted_those_that_fail_too_and_those_that_were_made_before() -> None:
    provider = CountingProvider(Echo())
    for text in ("a", "b", "a"):
        assert (await provider.complete(asking(text))).text == text
    with pytest.raises(RuntimeError):
        await provider.complete(asking("fail"))
    assert (provider.calls, provider.repeated) == (4, 1)
