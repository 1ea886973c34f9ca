"""SQL kept in `.sql` files: `-- name: do_this`, a comment, the statement with `$1` parameters."""

from importlib.resources import as_file, files

import aiosql

from brickline.persistence.errors import QueryMissing


class Queries:
    """The named statements of one package's `.sql` file, as text for asyncpg."""

    def __init__(self, package: str, file: str = "queries.sql") -> None:
        self._where = f"{package}/{file}"
        with as_file(files(package) / file) as path:
            loaded = aiosql.from_path(path, "asyncpg", mandatory_parameters=False)
        self._sql: dict[str, str] = {name: getattr(loaded, name).sql for name in loaded.available_queries}

    def __getitem__(self, name: str) -> str:
        try:
            return self._sql[name]
        except KeyError:
            raise QueryMissing(f"{self._where} has no query named {name!r}") from None
