import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI, Response
from pydantic import JsonValue

from brickline.client import ApiClient, DocumentFailed, RequestRefused, ServerUnreachable, SourceFile, ingest
from brickline.web import run_server

KEY = "a-key-of-no-importance"
WAITING: JsonValue = {"for": "budget", "until": "2026-11-05T14:00:00Z", "detail": "the hour is spent"}


class Server:
    """The public interface as the client meets it, over a real connection; the test says how it goes."""

    def __init__(self) -> None:
        self.polls_until_done = 2
        self.failing: set[str] = set()
        self.waiting: set[str] = set()
        """These wait for budget until they are done."""
        self.at_once = self.most_at_once = 0
        self.authorizations: set[str | None] = set()
        self._texts: dict[str, str] = {}
        self._polls: dict[str, int] = {}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/documents", status_code=202)
        async def submit(body: dict[str, str], response: Response) -> dict[str, str]:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            document_id = str(uuid4())
            self._texts[document_id] = body["text"]
            return {"document_id": document_id, "job_id": document_id, "trace_id": "1" * 32, "new": "field"}

        @app.get("/jobs/{job_id}")
        async def job(job_id: str) -> dict[str, JsonValue]:
            self._polls[job_id] = self._polls.get(job_id, 0) + 1
            failed = self._texts[job_id] in self.failing
            done = self._polls[job_id] >= self.polls_until_done
            state = "failed" if failed else "completed" if done else "running"
            document: JsonValue = {
                "document_id": job_id,
                "title": "T",
                "state": "failed" if failed else "reported" if done else "accepted",
                "detail": "given up for the test" if failed else None,
                "waiting": WAITING if not done and self._texts[job_id] in self.waiting else None,
            }
            return {
                "job_id": job_id,
                "trace_id": "1" * 32,
                "state": state,
                "steps": {"done": 1, "total": 3},
                "documents": [document],
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z",
            }

        @app.get("/documents/{document_id}/insights")
        async def insights(document_id: str) -> dict[str, JsonValue]:
            self.at_once -= 1
            return {
                "document_id": document_id,
                "job_id": None,
                "trace_id": "1" * 32,
                "title": "T",
                "model": "m",
                "insights": {"summary": self._texts[document_id], "themes": []},
                "analysed_at": "2026-01-01T00:00:00Z",
            }

        @app.get("/reports/themes", status_code=403)
        async def refused() -> dict[str, str]:
            return {"detail": "Not you."}

        return app


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[ApiClient]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        run_server(server.app(), host="127.0.0.1", port=0, on_started=port.set_result)
    )
    async with ApiClient(f"http://127.0.0.1:{await port}", KEY) as client:
        yield client
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def files(*texts: str) -> list[SourceFile]:
    return [SourceFile(Path(f"{text}.md"), text) for text in texts]


async def test_results_come_in_the_order_of_the_files_whichever_ends_first(client: ApiClient) -> None:
    ended: list[str] = []
    given = files(*(f"text {number}" for number in range(20)))
    results = await ingest(client, given, lambda file: ended.append(file.text))
    assert [result.found.insights.summary for result in results] == [file.text for file in given]
    assert sorted(ended) == sorted(file.text for file in given)
    assert all(result.seconds > 0 for result in results)


async def test_who_ingests_is_told_once_that_a_document_waits_and_once_that_it_goes_on(
    client: ApiClient, server: Server
) -> None:
    server.waiting, server.polls_until_done = {"poor"}, 3
    told: list[tuple[str, str | None]] = []
    await ingest(
        client,
        files("rich", "poor"),
        lambda file: told.append((file.text, "done")),
        lambda file, wait: told.append((file.text, wait and f"{wait.what} {wait.until:%H:%M}")),
    )
    assert [what for text, what in told if text == "rich"] == ["done"]
    assert [what for text, what in told if text == "poor"] == ["budget 14:00", None, "done"]


async def test_no_more_than_eight_documents_are_under_way_at_once(client: ApiClient, server: Server) -> None:
    await ingest(client, files(*map(str, range(30))), lambda file: None)
    assert server.most_at_once == 8


async def test_a_document_that_was_given_up_is_named_with_the_reason(
    client: ApiClient, server: Server
) -> None:
    server.failing = {"bad"}
    server.polls_until_done = 10**9
    with pytest.raises(DocumentFailed, match=r"bad\.md: given up for the test"):
        await ingest(client, files("slow", "bad", "slow too"), lambda file: None)
    # The caller may close the client now: nothing uses it any more.
    assert [task for task in asyncio.all_tasks() if "ingest.<locals>" in repr(task.get_coro())] == []


async def test_a_refusal_tells_request_status_and_detail(client: ApiClient) -> None:
    with pytest.raises(RequestRefused, match=r"GET /reports/themes was refused with 403: Not you\.") as error:
        await client.theme_report()
    assert error.value.status == 403


async def test_a_server_that_does_not_answer_is_named() -> None:
    async with ApiClient("http://127.0.0.1:1", KEY) as client:
        with pytest.raises(ServerUnreachable, match=r"127\.0\.0\.1:1"):
            await client.theme_report()
