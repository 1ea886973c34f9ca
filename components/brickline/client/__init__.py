"""The user's side: files to read, and the public HTTP interface to send them to."""

from brickline.client.api import ApiClient, DocumentResult, Submitted
from brickline.client.errors import (
    ClientError,
    DocumentFailed,
    RequestRefused,
    ServerUnreachable,
    UnusableFiles,
)
from brickline.client.files import SourceFile, read_files
from brickline.client.ingest import ingest

__all__ = [
    "ApiClient",
    "ClientError",
    "DocumentFailed",
    "DocumentResult",
    "RequestRefused",
    "ServerUnreachable",
    "SourceFile",
    "Submitted",
    "UnusableFiles",
    "ingest",
    "read_files",
]
