"""Each brick brings its own tables: numbered `.sql` files, applied once per schema, in order."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from brickline.persistence.connection import Connection
from brickline.persistence.database import GONE, Database
from brickline.persistence.errors import MigrationError
from brickline.persistence.queries import Queries

_QUERIES = Queries(__package__)
_ONE_AT_A_TIME = 0x627269636B  # an advisory lock for every migration run in the database: "brick" in ASCII


@dataclass(frozen=True, slots=True)
class _Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@contextmanager
def tables_as_expected(service: str) -> Iterator[None]:
    """Turn a missing table or column into a `MigrationError`: the service's are older than the code."""
    try:
        yield
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as error:
        raise MigrationError(
            f"the tables of {service} are older than this version ({error}): start that service once in this "
            "version, which brings them up to date"
        ) from error


class Migrations:
    """The `migrations/*.sql` of one package, applied in the order of their names."""

    def __init__(self, package: str) -> None:
        self.package = package

    async def apply(self, database: Database) -> tuple[str, ...]:
        """Apply what is missing, in one transaction, and return the names of what was applied.

        Several processes may start at once: one applies, the others wait and find nothing to do.
        Raises `MigrationError` when a file fails or was edited after it had been applied.
        """
        async with database.transaction() as connection:
            await connection.execute(_QUERIES["lock"], _ONE_AT_A_TIME)
            await connection.execute(_QUERIES["create_table"])
            done = {
                row["name"]: row["checksum"]
                for row in await connection.fetch(_QUERIES["applied"], self.package)
            }
            missing = [migration for migration in self._read() if self._is_missing(migration, done)]
            for migration in missing:
                await self._apply(connection, migration)
        return tuple(migration.name for migration in missing)

    def _read(self) -> list[_Migration]:
        folder = files(self.package) / "migrations"
        found = [
            _Migration(file.name, file.read_text("utf-8"))
            for file in folder.iterdir()
            if file.name.endswith(".sql")
        ]
        return sorted(found, key=lambda migration: migration.name)

    def _is_missing(self, migration: _Migration, done: dict[str, str]) -> bool:
        checksum = done.get(migration.name)
        if checksum not in (None, migration.checksum):
            raise MigrationError(
                f"{self.package}/migrations/{migration.name} was changed after it had been applied; "
                "restore it and put the change into a new file"
            )
        return checksum is None

    async def _apply(self, connection: Connection, migration: _Migration) -> None:
        try:
            await connection.execute(migration.sql)
        except GONE:
            raise
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{self.package}/migrations/{migration.name} failed: {error}") from error
        await connection.execute(_QUERIES["record"], self.package, migration.name, migration.checksum)
