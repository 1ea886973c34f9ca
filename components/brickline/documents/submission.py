"""Accepting documents: stored, and announced, in one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from brickline.documents.document import Document
from brickline.documents.errors import IdempotencyKeyReused
from brickline.events import Transaction
from brickline.persistence import Migrations, Queries
from brickline.schemas import MAX_INLINE_BYTES, DataProcessed
from brickline.texts import readable_parts

MIGRATIONS = Migrations(__package__)
"""The tables of documents and idempotency keys."""

_QUERIES = Queries(__package__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submitter is told, the first time and every time the same idempotency key comes back."""

    job_id: UUID
    document_ids: tuple[UUID, ...]
    trace_id: str
    repeated: bool = False
    """The documents had been accepted before; nothing was stored now."""


async def submit(
    tx: Transaction, job_id: UUID, documents: Sequence[Document], *, idempotency_key: str | None = None
) -> Receipt:
    """Store documents under one job and publish `DataProcessed` for each, or for each part of a long one.

    With an `idempotency_key` that the tenant has used before, return the receipt of then. A submission with
    the same key that is still open makes this one wait. Raises `IdempotencyKeyReused` for other documents.
    """
    document_ids = tuple(document.document_id for document in documents)
    receipt = Receipt(job_id, document_ids, tx.origin.trace_id)
    if idempotency_key is not None:
        earlier = await _claim(tx, idempotency_key, _digest(documents), receipt)
        if earlier is not None:
            return earlier
    for document in documents:
        await _store(tx, job_id, document)
        await _announce(tx, document)
    return receipt


async def _store(tx: Transaction, job_id: UUID, document: Document) -> None:
    origin = tx.origin
    await tx.connection.execute(
        _QUERIES["store"],
        document.document_id,
        origin.tenant,
        job_id,
        origin.trace_id,
        document.title,
        document.text,
    )


async def _announce(tx: Transaction, document: Document) -> None:
    parts = readable_parts(document.text, MAX_INLINE_BYTES)
    for number, content in enumerate(parts, start=1):
        await tx.publish(
            DataProcessed(
                document_id=document.document_id,
                title=document.title,
                content=content,
                part=number,
                parts=len(parts),
            )
        )


async def _claim(tx: Transaction, key: str, digest: bytes, receipt: Receipt) -> Receipt | None:
    """Take the key for this submission; return the earlier one's receipt if it is taken."""
    tenant = tx.origin.tenant
    claimed = await tx.connection.fetchval(
        _QUERIES["claim_key"],
        tenant,
        key,
        digest,
        receipt.job_id,
        list(receipt.document_ids),
        receipt.trace_id,
    )
    if claimed is not None:
        return None
    row = await tx.connection.fetchrow(_QUERIES["read_key"], tenant, key)
    if row is None or row["digest"] != digest:
        raise IdempotencyKeyReused(
            f"the idempotency key {key!r} was used before, for other documents: use a new one"
        )
    return Receipt(row["job_id"], tuple(row["document_ids"]), row["trace_id"], repeated=True)


def _digest(documents: Sequence[Document]) -> bytes:
    digest = hashlib.sha256()
    for document in documents:
        for field in (document.title, document.text):
            encoded = field.encode()
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.digest()
