import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from pydantic import BaseModel, Field

from brickline.llm_providers import CompatibleProvider
from brickline.llm_routing import ProviderRequest, Usage
from brickline_dev.counting_books import Books, Totals
from brickline_dev.counting_server import CountingServer, spawned
from support.waiting import eventually


class Output(BaseModel):
    summary: str = Field(max_length=20)
    themes: tuple[str, ...] = Field(min_length=1, max_length=3)


def request(text: str) -> ProviderRequest:
    return ProviderRequest("task", "Do it.", text, Output.model_json_schema(), 100, 10)


@pytest.fixture
async def server() -> AsyncIterator[CountingServer]:
    books = Books(Decimal("0.15"), Decimal("0.60"))
    async with CountingServer(books).listening() as made:
        yield made


async def test_it_answers_with_something_that_fits_the_schema_and_says_what_it_bills(
    server: CountingServer,
) -> None:
    provider = CompatibleProvider("counted", server.base_url)
    response = await provider.complete(request("A ferry."))
    await provider.aclose()
    Output.model_validate_json(response.text)
    totals = server.books.totals()
    assert response.usage == Usage(totals.input_tokens, totals.output_tokens)
    assert totals.input_tokens == -(-len("Do it.\0A ferry.") // 4)
    billed = totals.input_tokens * Decimal("0.15") + totals.output_tokens * Decimal("0.60")
    assert totals.billed_micros == billed > 0


async def test_a_text_that_comes_again_is_counted_as_repeated(server: CountingServer) -> None:
    provider = CompatibleProvider("counted", server.base_url)
    for text in ("one", "two", "one", "one"):
        await provider.complete(request(text))
    await provider.aclose()
    assert (server.books.totals().calls, server.books.totals().repeated) == (4, 2)


async def test_who_hangs_up_before_the_answer_pays_all_the_same() -> None:
    async with CountingServer(latency_s=30).listening() as server:
        provider = CompatibleProvider("counted", server.base_url)
        call = asyncio.create_task(provider.complete(request("A ferry.")))
        await eventually(lambda: server.books.calls)
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await call
        await provider.aclose()
        assert server.books.totals().input_tokens > 0


async def test_a_request_that_is_none_is_not_billed(server: CountingServer) -> None:
    async with httpx.AsyncClient() as client:
        for body in (b"{", b"[]", b'{"model": "m"}', b'{"model": "m", "messages": [1]}'):
            answer = await client.post(f"{server.base_url}/chat/completions", content=body)
            assert answer.status_code == 400
        assert (await client.get(f"{server.base_url}/elsewhere")).status_code == 404
    assert server.books.totals() == Totals(0, 0, 0, 0, Decimal(0))


async def test_a_request_in_pieces_is_one_request(server: CountingServer) -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ü" * 9}]}).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for piece in (head + body)[:40], (head + body)[40:90], (head + body)[90:]:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert server.books.calls == 1


async def test_as_a_process_it_serves_many_clients_and_tells_its_books() -> None:
    async with spawned(
        input_price=Decimal("0.15"), output_price=Decimal("2"), output_tokens_each=7
    ) as server:
        providers = [CompatibleProvider("counted", server.base_url) for _ in range(4)]
        await asyncio.gather(
            *(
                provider.complete(request(f"{n} {i}"))
                for i, provider in enumerate(providers)
                for n in range(25)
            )
        )
        totals = await server.totals()
        for provider in providers:
            await provider.aclose()
    assert (totals.calls, totals.repeated, totals.output_tokens) == (100, 0, 700)
    assert totals.billed_micros == totals.input_tokens * Decimal("0.15") + 1400
