"""Postgres for one service: a pool bound to its own schema, transactions, migrations and named SQL."""

from brickline.persistence.connection import Connection
from brickline.persistence.database import Database
from brickline.persistence.errors import (
    DatabaseUnavailable,
    MigrationError,
    PersistenceError,
    QueryMissing,
    TransactionAborted,
)
from brickline.persistence.migrations import Migrations, tables_as_expected
from brickline.persistence.queries import Queries
from brickline.persistence.text import storable

__all__ = [
    "Connection",
    "Database",
    "DatabaseUnavailable",
    "MigrationError",
    "Migrations",
    "PersistenceError",
    "Queries",
    "QueryMissing",
    "TransactionAborted",
    "storable",
    "tables_as_expected",
]
