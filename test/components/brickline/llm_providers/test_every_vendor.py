"""What every adapter over HTTP does with what a server may do to it, over a real socket."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from brickline.llm_routing import Correction, LLMError, ProviderRefused, ProviderUnavailable, Usage
from support.vendors.asking import TEXT, Report, asked
from support.vendors.made import VENDORS, HttpAdapter, Server, Vendor, talking
from support.vendors.server import Said, Step
from support.vendors.steps import Fails, NeverEnds, Redirects, Says, Sends, Stops, Trickles
from support.waiting import eventually

SHORT_S = 0.4


@pytest.fixture(params=VENDORS, ids=str)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


@pytest.fixture
def server(vendor: Vendor) -> Server:
    return vendor.server()


@pytest.fixture
async def provider(vendor: Vendor, server: Server) -> AsyncIterator[HttpAdapter]:
    async with talking(server, vendor.adapter) as made:
        await made.warm_up()
        yield made


async def unavailable(provider: HttpAdapter, *, timeout_s: float = 20) -> ProviderUnavailable:
    with pytest.raises(ProviderUnavailable) as raised:
        await provider.complete(asked(timeout_s=timeout_s))
    return raised.value


async def refused(provider: HttpAdapter) -> ProviderRefused:
    with pytest.raises(ProviderRefused) as raised:
        await provider.complete(asked())
    return raised.value


async def test_a_request_is_what_the_vendor_takes_and_the_answer_fits_the_schema(
    provider: HttpAdapter, server: Server
) -> None:
    response = await provider.complete(asked())
    report = Report.model_validate_json(response.text)
    assert report.summary in TEXT
    assert response.usage == Usage(120, 30)
    assert not response.truncated
    assert len(server.requests) == 1


async def test_the_model_that_answered_is_named_exactly(provider: HttpAdapter) -> None:
    response = await provider.complete(asked())
    assert provider.model == "small"
    assert response.model.startswith("small-")


async def test_cached_input_and_thoughts_are_billed(provider: HttpAdapter, server: Server) -> None:
    server.then(Says(Said(usage={"in": 100, "cached": 900, "out": 20, "thought": 480})))
    assert (await provider.complete(asked())).usage == Usage(1000, 500)


async def test_no_usage_is_not_a_usage_of_nothing(provider: HttpAdapter, server: Server) -> None:
    server.then(Says(Said(usage=None)))
    response = await provider.complete(asked())
    assert response.usage is None
    assert response.text


async def test_an_answer_that_was_cut_off_says_so(provider: HttpAdapter, server: Server) -> None:
    server.then(Says(Said(ending="cut off")))
    response = await provider.complete(asked())
    assert response.truncated
    assert response.usage == Usage(120, 30)


@pytest.mark.parametrize("ending", ["refused", "filtered"])
async def test_a_refused_content_is_refused_and_costs_what_it_cost(
    provider: HttpAdapter, server: Server, ending: str
) -> None:
    server.then(Says(Said(ending=ending)))
    assert (await refused(provider)).usage == Usage(120, 30)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_bad_request_is_refused_and_costs_nothing(
    provider: HttpAdapter, server: Server, status: int
) -> None:
    server.then(Fails(status, "this is longer than the context of the model"))
    failure = await refused(provider)
    assert failure.usage is None
    assert f"it answered {status}: this is longer than the context" in failure.reason
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "it does not take the key: check "),
        (402, "no credit left"),
        (403, "may not use small: check the permissions of "),
        (404, "it has no model small, or none at that path: check the model's name and base_url"),
        (405, "check base_url"),
    ],
)
async def test_a_misconfiguration_is_not_a_refusal_and_says_what_to_check(
    provider: HttpAdapter, server: Server, status: int, advice: str
) -> None:
    server.then(Fails(status))
    failure = await unavailable(provider)
    assert advice in failure.reason
    assert "the server says no" in failure.reason
    assert not failure.maybe_billed


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 529])
async def test_a_server_that_cannot_answer_now_is_asked_once_and_bills_nothing(
    provider: HttpAdapter, server: Server, status: int
) -> None:
    server.then(Fails(status))
    failure = await unavailable(provider)
    assert f"it answered {status}" in failure.reason
    assert (failure.retry_after_s, failure.maybe_billed) == (None, False)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [408, 504])
async def test_a_gateway_that_gave_up_waiting_may_have_passed_the_request_on(
    provider: HttpAdapter, server: Server, status: int
) -> None:
    server.then(Fails(status))
    assert (await unavailable(provider)).maybe_billed


async def test_retry_after_is_taken_in_seconds_and_as_a_date(provider: HttpAdapter, server: Server) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.then(Fails(429, headers={"Retry-After": "17"}), Fails(503, headers={"Retry-After": date}))
    assert (await unavailable(provider)).retry_after_s == 17
    assert 80 < ((await unavailable(provider)).retry_after_s or 0) <= 90
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "stop",
    [Stops("request"), Stops("head"), Stops("half"), Trickles()],
    ids=["before the head", "after the head", "in the body", "byte by byte"],
)
async def test_a_stalled_answer_is_given_up_in_time_and_may_be_billed(
    provider: HttpAdapter, server: Server, stop: Step
) -> None:
    await provider.complete(asked())  # connects: a busy machine may take longer than that for it
    server.then(stop)
    async with asyncio.timeout(10):
        failure = await unavailable(provider, timeout_s=SHORT_S)
    assert f"no answer within {SHORT_S:g} s" in failure.reason
    assert failure.maybe_billed


@pytest.mark.parametrize("after", ["request", "head", "half"])
async def test_a_connection_that_breaks_after_the_request_may_be_billed(
    provider: HttpAdapter, server: Server, after: str
) -> None:
    server.then(Stops(after, closes=True))
    assert (await unavailable(provider)).maybe_billed
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "step",
    [
        Sends(b'{"choices": [{"mess'),
        Sends(b"<html>Sign in to the guest network</html>", kind="text/html"),
        Sends(b"\xff\xfe\x00"),
        Sends(b""),
        Sends(b"[]"),
        Sends(b'"text"'),
        Sends(b"null"),
        Sends(b'{"choices": [], "content": [], "candidates": [], "model": "small-1"}'),
        Sends(b'{"error": {"message": "upstream is down"}}'),
        Sends(b'{"choices": 3, "content": 3, "candidates": 3, "model": 3}'),
    ],
    ids=str,
)
async def test_an_answer_that_cannot_be_read_may_be_billed(
    provider: HttpAdapter, server: Server, step: Step
) -> None:
    server.then(step)
    failure = await unavailable(provider)
    assert failure.maybe_billed
    assert len(server.requests) == 1


async def test_an_answer_without_end_is_not_read_to_its_end(provider: HttpAdapter, server: Server) -> None:
    server.then(NeverEnds())
    failure = await unavailable(provider)
    assert "it is longer than" in failure.reason
    assert failure.maybe_billed


async def test_a_redirect_is_not_followed(vendor: Vendor, provider: HttpAdapter, server: Server) -> None:
    elsewhere = vendor.server()
    async with elsewhere.listening():
        server.then(Redirects(f"{elsewhere.root}/v1/chat/completions"))
        failure = await unavailable(provider)
    assert "it redirects" in failure.reason
    assert not failure.maybe_billed
    assert elsewhere.requests == []


async def test_a_refused_connection_bills_nothing_and_names_the_host(vendor: Vendor, server: Server) -> None:
    async with server.listening():
        url = server.base_url
    provider = vendor.adapter(url)
    failure = await unavailable(provider)
    await provider.aclose()
    assert f"no connection to 127.0.0.1:{server.port}" in failure.reason
    assert not failure.maybe_billed


async def test_a_host_that_does_not_take_the_connection_bills_nothing(vendor: Vendor) -> None:
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for queued in (first, second):  # the queue is full: the kernel leaves the next one without an answer
            queued.setblocking(False)
            queued.connect_ex(deaf.getsockname())
        provider = vendor.adapter(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        await provider.warm_up()
        failure = await unavailable(provider, timeout_s=2 * SHORT_S)
        await provider.aclose()
    assert "no connection to 127.0.0.1" in failure.reason
    assert not failure.maybe_billed


async def test_corrections_are_turns_of_the_conversation(provider: HttpAdapter, server: Server) -> None:
    wrong = Correction('{"summary": 7}', "summary: it is not a string")
    empty = Correction("", "answer: it is empty")
    response = await provider.complete(asked(corrections=(wrong, empty)))
    assert Report.model_validate_json(response.text)
    sent = server.requests[0].body
    said = [
        (turn["role"], turn.get("content") or turn["parts"][0]["text"])
        for turn in sent.get("messages") or sent["contents"]
        if turn["role"] != "system"
    ]
    roles = ["user", "assistant", "user", "assistant", "user"]
    assert [role.replace("model", "assistant") for role, _ in said] == roles
    assert said[0][1] == TEXT
    assert said[1][1] == wrong.answer
    assert wrong.problems in said[2][1]
    assert said[3][1].strip()


@pytest.mark.parametrize("text", ["", " \n", "lone \ud800 surrogate", "\x00 control"])
async def test_any_text_can_be_sent(provider: HttpAdapter, text: str) -> None:
    response = await provider.complete(asked(text=text))
    Report.model_validate_json(response.text)


async def test_a_provider_goes_on_after_a_failure(provider: HttpAdapter, server: Server) -> None:
    await provider.complete(asked())
    server.then(Stops("half"), Sends(b"{"), Fails(500))
    for _ in range(3):
        with pytest.raises(LLMError):
            await provider.complete(asked(timeout_s=SHORT_S))
    assert (await provider.complete(asked())).usage == Usage(120, 30)


async def test_a_cancelled_call_leaves_the_provider_as_it_was(provider: HttpAdapter, server: Server) -> None:
    server.then(Stops("head"))
    call = asyncio.create_task(provider.complete(asked()))
    await eventually(lambda: server.requests)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await provider.complete(asked())).text


async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    vendor: Vendor, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with talking(server, vendor.adapter) as provider:
        assert (await provider.complete(asked())).text


async def test_the_key_is_in_no_error_log_or_repr(
    vendor: Vendor, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "sk-wrong-and-still-secret"
    echo = f"Bearer {secret} x-api-key {secret}".encode()
    seen: list[str] = []
    async with talking(server, vendor.adapter, secret) as provider:
        for step in (None, Sends(echo, status=400), Sends(echo), Stops("half", closes=True)):
            if step is not None:
                monkeypatch.setattr(server, "may_enter", lambda request: True)
                server.then(step)
            with pytest.raises(LLMError) as raised:
                await provider.complete(asked())
            seen += [str(raised.value), repr(raised.value), repr(provider), repr(vars(provider))]
            assert raised.value.__cause__ is None
            assert raised.value.__suppress_context__
    assert len(server.requests) == 4
    assert all(secret in str(request.headers) for request in server.requests)
    assert "***" in seen[0]
    assert secret not in "\n".join([*seen, caplog.text])


async def test_closing_twice_or_before_any_use_does_no_harm(vendor: Vendor, server: Server) -> None:
    async with talking(server, vendor.adapter) as provider:
        await provider.aclose()
        await provider.complete(asked())
        await provider.aclose()
        await provider.aclose()
