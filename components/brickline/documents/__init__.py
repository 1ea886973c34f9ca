"""Tier 0: what a document is, and how one is accepted into the pipeline."""

from brickline.documents.document import MAX_DOCUMENT_BYTES, Document
from brickline.documents.errors import (
    BlankDocument,
    DocumentsError,
    DocumentTooLarge,
    IdempotencyKeyReused,
    NotText,
)
from brickline.documents.submission import MIGRATIONS, Receipt, submit

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "MIGRATIONS",
    "BlankDocument",
    "Document",
    "DocumentTooLarge",
    "DocumentsError",
    "IdempotencyKeyReused",
    "NotText",
    "Receipt",
    "submit",
]
