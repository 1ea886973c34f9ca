"""Why a document is not accepted."""


class DocumentsError(Exception):
    """Root of everything this brick raises."""


class BlankDocument(DocumentsError):
    """Raised when a text holds nothing to analyse: empty, white space only, or invisible characters only."""


class NotText(DocumentsError):
    """Raised when a text holds what no text does: NUL characters (a binary file, say) or half a character."""


class DocumentTooLarge(DocumentsError):
    """Raised when a text is larger than the limit."""


class IdempotencyKeyReused(DocumentsError):
    """Raised when an idempotency key comes back with other documents than it came with first."""
