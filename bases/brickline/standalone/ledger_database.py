"""Where the operator's commands find the ledger: it is in the tables of the service that asks models."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from brickline.persistence import Database, PersistenceError, tables_as_expected
from brickline.rabbit_worker import SERVICE
from brickline.standalone.dlq_options import Where
from brickline.standalone.operator_database import service_databases


@dataclass(frozen=True, slots=True)
class Found:
    """The database with the ledger, and those of every service by name."""

    ledger: Database
    services: Mapping[str, Database]


@asynccontextmanager
async def ledger_database(where: Where) -> AsyncIterator[Found]:
    """Open it for a command. Raises as `service_databases` does, and for tables of an older version."""
    async with service_databases(where.data, where.database_url) as databases:
        if SERVICE.name not in databases:
            raise PersistenceError(
                f"the database has no schema {SERVICE.name}, which keeps the ledger: start that service once"
            )
        with tables_as_expected(SERVICE.name):
            yield Found(databases[SERVICE.name], databases)
