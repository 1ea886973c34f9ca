"""The public HTTP interface, typed."""

from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict

from brickline.client.errors import RequestRefused, ServerUnreachable
from brickline.jobs import Job
from brickline.reporting import DocumentInsights, ThemeReport

ModelT = TypeVar("ModelT", bound=BaseModel)

_TIMEOUT_S = 30.0


class Submitted(BaseModel):
    """The answer to an accepted document."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document_id: UUID
    job_id: UUID
    trace_id: str


class DocumentResult(BaseModel):
    """A document's insights, and the seconds from its submission until they could be read."""

    model_config = ConfigDict(frozen=True)

    found: DocumentInsights
    seconds: float


class ApiClient:
    """Calls one server with one API key."""

    def __init__(self, base_url: str, api_key: str) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=headers, timeout=_TIMEOUT_S, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def submit(self, text: str, *, idempotency_key: str | None = None) -> Submitted:
        """Send a document; it is stored when this returns."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        return await self._call(Submitted, "POST", "/documents", json={"text": text}, headers=headers)

    async def job(self, job_id: UUID) -> Job:
        """Tell how far a job is."""
        return await self._call(Job, "GET", f"/jobs/{job_id}")

    async def insights(self, document_id: UUID) -> DocumentInsights:
        """Return a document's insights; `RequestRefused` with status 404 while there are none."""
        return await self._call(DocumentInsights, "GET", f"/documents/{document_id}/insights")

    async def theme_report(self) -> ThemeReport:
        """Return the report across all documents."""
        return await self._call(ThemeReport, "GET", "/reports/themes")

    async def _call(
        self,
        model: type[ModelT],
        method: str,
        path: str,
        *,
        json: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> ModelT:
        try:
            response = await self._http.request(method, path, json=json, headers=headers)
        except httpx.HTTPError as error:
            raise ServerUnreachable(f"{self._http.base_url} does not answer: {error!r}") from error
        if response.is_error:
            raise RequestRefused(f"{method} {path}", response.status_code, _detail(response))
        return model.model_validate_json(response.content)


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase
