import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import CurrentRequest, Problem, create_app, run_server

KEY = "the-key-of-acme-inc"
LIMIT = 4096

Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    text: str


def sample_routes() -> APIRouter:
    """A service as a base would write it."""
    router = APIRouter()

    @router.post("/documents", status_code=202)
    async def accept(document: Document, request: CurrentRequest) -> dict[str, str]:
        return {"tenant": request.tenant, "trace_id": request.trace_id, "length": str(len(document.text))}

    @router.get("/documents")
    async def index(limit: int = 10) -> dict[str, int]:
        return {"limit": limit}

    @router.get("/documents/{document_id}")
    async def show(document_id: int) -> None:
        raise Problem(
            404,
            f"Document {document_id} is not analysed yet.",
            type="/problems/insights-pending",
            extensions={"state": "queued", "status": 200},
            headers={"Retry-After": "1"},
        )

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("hunter2")

    @router.get("/half")
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"the first half"
            raise RuntimeError("hunter2")

        return StreamingResponse(parts())

    return router


def _healthy() -> Health:
    health = Health("ingestion", timeout_s=0.5)
    health.add("broker", _well)
    return health


@pytest.fixture
def health() -> Health:
    return _healthy()


async def _well() -> None:
    return None


@asynccontextmanager
async def _serve(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    port = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(run_server(app, host="127.0.0.1", port=0, on_started=port.set_result))
    try:
        async with asyncio.timeout(5):
            await asyncio.wait([server, port], return_when=asyncio.FIRST_COMPLETED)
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port.result()}", headers=headers, timeout=10
        ) as client:
            yield client
    finally:
        server.cancel()
        await asyncio.wait([server])


@pytest.fixture
def serve() -> Serve:
    """Serve an application over a real socket, for a client that sends the key."""
    return _serve


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_client() -> AsyncIterator[httpx.AsyncClient]:
    """One server for a module whose tests leave it as it was: a stop takes uvicorn 0.2 s."""
    settings = HttpSettings(api_keys=ApiKeys({KEY: "acme"}), max_request_bytes=LIMIT)
    app = create_app(service="ingestion", health=_healthy(), settings=settings, routers=[sample_routes()])
    async with _serve(app) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def client(shared_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that sends the key."""
    return shared_client


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same server without a key."""
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        yield stranger


Problems = Callable[[httpx.Response, int], dict[str, object]]


@pytest.fixture
def problem_of() -> Problems:
    """Check what all problems have in common, and give the body."""

    def check(answer: httpx.Response, status: int) -> dict[str, object]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
        body: dict[str, object] = answer.json()
        assert body["status"] == status
        assert body["instance"] == answer.request.url.raw_path.decode().partition("?")[0]
        assert body["trace_id"] == answer.headers["x-trace-id"]
        assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
        return body

    return check
