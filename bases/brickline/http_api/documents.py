"""`POST /documents`."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response, status
from pydantic import BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

from brickline.documents import Document, DocumentsError, DocumentTooLarge, Receipt, submit
from brickline.events import EventRuntime, Origin
from brickline.jobs import open_job
from brickline.web import CurrentRequest, Problem

_RETRY_AFTER_S = "1"

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Any string of yours: the same key with the same document is accepted once.",
    ),
]


class DocumentBody(BaseModel):
    """A document to analyse."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str | None, Field(max_length=300, description="By default the first line.")] = None
    text: Annotated[str, Field(description="Plain text or markdown, at most 1 MiB of UTF-8.")]


class Accepted(BaseModel):
    """The document is stored and on its way."""

    status: Literal["accepted"] = "accepted"
    document_id: UUID
    job_id: UUID
    trace_id: str


def documents_router(runtime: EventRuntime) -> APIRouter:
    """Make the routes that take documents in."""
    router = APIRouter(tags=["documents"])

    @router.post("/documents", status_code=status.HTTP_202_ACCEPTED)
    async def post_document(
        body: DocumentBody,
        request: CurrentRequest,
        response: Response,
        idempotency_key: IdempotencyKey = None,
    ) -> Accepted:
        """Accept a document for analysis; its job at `Location` tells how far it is."""
        receipt = await _accept(runtime, body, request.tenant, request.trace_id, idempotency_key)
        response.headers["Location"] = f"/jobs/{receipt.job_id}"
        response.headers["Retry-After"] = _RETRY_AFTER_S
        return Accepted(document_id=receipt.document_ids[0], job_id=receipt.job_id, trace_id=receipt.trace_id)

    return router


async def _accept(
    runtime: EventRuntime, body: DocumentBody, tenant: str, trace_id: str, idempotency_key: str | None
) -> Receipt:
    job_id = uuid7()
    try:
        document = Document.create(body.text, body.title)
        async with runtime.transaction(Origin(tenant, trace_id, job_id)) as tx:
            receipt = await submit(tx, job_id, [document], idempotency_key=idempotency_key)
            if not receipt.repeated:
                await open_job(tx, job_id, {document.document_id: document.title})
    except DocumentsError as error:
        raise _refusal(error) from error
    return receipt


def _refusal(error: DocumentsError) -> Problem:
    too_large = isinstance(error, DocumentTooLarge)
    code = status.HTTP_413_CONTENT_TOO_LARGE if too_large else status.HTTP_422_UNPROCESSABLE_CONTENT
    text = str(error)
    return Problem(code, f"{text[0].upper()}{text[1:]}{'' if text.endswith('?') else '.'}")
