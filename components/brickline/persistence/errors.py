"""What can go wrong between a service and its database."""


class PersistenceError(Exception):
    """Root of everything this brick raises."""


class DatabaseUnavailable(PersistenceError):
    """Raised when Postgres cannot be reached, or went away in the middle; the same work may succeed later."""


class TransactionAborted(PersistenceError):
    """Raised instead of a commit that kept nothing, because an earlier failure in it had been swallowed."""


class MigrationError(PersistenceError):
    """Raised when a schema cannot be brought up to date; nothing of the failing migration is kept."""


class QueryMissing(PersistenceError):
    """Raised when code asks for a named query that its `.sql` file does not hold."""
