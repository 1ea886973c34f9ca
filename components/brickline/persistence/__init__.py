"""Postgres for one service: a pool bound to its own schema, transactions, migrations and named SQL."""

from brickline.persistence.database import Connection, Database
from brickline.persistence.errors import DatabaseUnavailable, MigrationError, PersistenceError, QueryMissing
from brickline.persistence.migrations import Migrations
from brickline.persistence.queries import Queries

__all__ = [
    "Connection",
    "Database",
    "DatabaseUnavailable",
    "MigrationError",
    "Migrations",
    "PersistenceError",
    "Queries",
    "QueryMissing",
]
