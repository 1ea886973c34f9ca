"""SQL kept in `.sql` files: `-- name: do_this`, a comment, the statement with `$1` parameters."""

from functools import cached_property
from importlib.resources import as_file, files

from brickline.persistence.errors import QueryMissing


class Queries:
    """The named statements of one package's `.sql` file, as text for asyncpg; read on first use."""

    def __init__(self, package: str, file: str = "queries.sql") -> None:
        self._package = package
        self._file = file

    def __getitem__(self, name: str) -> str:
        try:
            return self._statements[name]
        except KeyError:
            raise QueryMissing(f"{self._package}/{self._file} has no query named {name!r}") from None

    @cached_property
    def _statements(self) -> dict[str, str]:
        import aiosql  # 50 ms that a process which only shows its help need not spend

        with as_file(files(self._package) / self._file) as path:
            loaded = aiosql.from_path(path, "asyncpg", mandatory_parameters=False)
        return {name: getattr(loaded, name).sql for name in loaded.available_queries}
