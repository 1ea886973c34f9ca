"""What a user is told when something cannot be sent, or not be answered."""

from collections.abc import Sequence


class ClientError(Exception):
    """Root of everything this brick raises."""


class UnusableFiles(ClientError):
    """Raised, before anything is sent, when some of the files cannot be; names every one of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"Nothing was ingested, because of:\n{lines}")
        self.problems = tuple(problems)


class ServerUnreachable(ClientError):
    """Raised when no answer comes from the server's address."""


class RequestRefused(ClientError):
    """Raised when the server answers with a problem (RFC 9457)."""

    def __init__(self, request: str, status: int, detail: str) -> None:
        super().__init__(f"{request} was refused with {status}: {detail}")
        self.status = status
        self.detail = detail


class DocumentFailed(ClientError):
    """Raised when a document was accepted but given up on the way; it waits among the dead letters."""
