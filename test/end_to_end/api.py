"""A tenant's view of the product: its public HTTP interface and nothing else."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from end_to_end.stacks import Stack
from support.waiting import eventually

PROBLEM = "application/problem+json"


class Site:
    """One of the product's addresses, as it is at the moment of a call: a new start may change it."""

    def __init__(self, http: httpx.AsyncClient, url: Callable[[], str]) -> None:
        self._http = http
        self._url = url

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self._http.get(self._url() + path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self._http.post(self._url() + path, **options)


class Api:
    """Calls the service that takes documents, and the one that answers about results."""

    def __init__(self, http: httpx.AsyncClient, stack: Stack) -> None:
        self.write = Site(http, lambda: stack.write_url)
        self.read = Site(http, lambda: stack.read_url)

    async def post(
        self, text: str, *, title: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        body = {"text": text} if title is None else {"text": text, "title": title}
        return await self.write.post("/documents", json=body, headers=headers)

    async def accepted(self, text: str, **options: Any) -> dict[str, Any]:
        response = await self.post(text, **options)
        assert response.status_code == 202, response.text
        return dict(response.json())

    async def job(self, job_id: str) -> dict[str, Any]:
        response = await self.write.get(f"/jobs/{job_id}")
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def completed(self, job_id: str, timeout_s: float = 30) -> dict[str, Any]:
        """The job, which has to end completed."""

        async def ended() -> dict[str, Any]:
            job = await self.job(job_id)
            assert job["state"] != "running", job
            return job

        job = await eventually(ended, timeout_s)
        assert job["state"] == "completed", job
        return job

    async def insights(self, document_id: str) -> httpx.Response:
        return await self.read.get(f"/documents/{document_id}/insights")

    async def analysed(self, text: str, **options: Any) -> dict[str, Any]:
        """The insights of a text, once it has gone all the way."""
        accepted = await self.accepted(text, **options)
        await self.completed(accepted["job_id"])
        response = await self.insights(accepted["document_id"])
        assert response.status_code == 200, response.text
        return dict(response.json())


@asynccontextmanager
async def api_of(stack: Stack, tenant: str) -> AsyncIterator[Api]:
    """Call `stack` as `tenant`."""
    headers = {"Authorization": f"Bearer {stack.key_of(tenant)}"}
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60, trust_env=False) as http:
        yield Api(http, stack)


def is_problem(response: httpx.Response, status: int) -> str:
    """Check that the response is a whole problem of RFC 9457, and give its detail."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert len(problem["trace_id"]) == 32
    assert "Traceback" not in response.text
    return str(problem["detail"])
