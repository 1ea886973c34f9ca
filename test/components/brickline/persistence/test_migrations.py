"""Migrations apply once, in order, whole or not at all."""

import asyncio
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from brickline.persistence import Database, MigrationError, Migrations

FIRST = "create table things (name text);"
SECOND = "insert into things values ('second');"

Package = Callable[..., Migrations]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes an importable package with the given migrations; called again it rewrites them."""
    name = f"migrated_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**sql: str) -> Migrations:
        for stem, text in sql.items():
            (folder / f"{stem}.sql").write_text(text, encoding="utf-8")
        return Migrations(name)

    return make


async def test_migrations_apply_in_order_and_once(database_url: str, package: Package) -> None:
    migrations = package(m0002=SECOND, m0001=FIRST)
    async with Database.connect(database_url, schema="one") as database:
        assert await migrations.apply(database) == ("m0001.sql", "m0002.sql")
        assert await migrations.apply(database) == ()
        async with database.connection() as connection:
            assert await connection.fetchval("select count(*) from things") == 1


async def test_a_file_added_later_is_the_only_one_applied(database_url: str, package: Package) -> None:
    async with Database.connect(database_url, schema="one") as database:
        await package(m0001=FIRST).apply(database)
        assert await package(m0002=SECOND).apply(database) == ("m0002.sql",)


async def test_many_connections_that_start_at_once_apply_each_migration_once(
    database_url: str, package: Package
) -> None:
    migrations = package(m0001=FIRST, m0002=SECOND)

    async def start() -> tuple[str, ...]:
        async with Database.connect(database_url, schema="one", pool_size=1) as database:
            return await migrations.apply(database)

    applied = await asyncio.gather(*(start() for _ in range(8)))
    assert sorted(applied, key=len)[-1] == ("m0001.sql", "m0002.sql")
    assert sum(map(len, applied)) == 2


async def test_several_processes_that_start_at_once_all_come_up(
    database_url: str, package: Package, tmp_path: Path
) -> None:
    package_name = package(m0001=FIRST, m0002=SECOND).package
    program = textwrap.dedent(f"""
        import asyncio
        from brickline.persistence import Database, Migrations
        async def main():
            async with Database.connect({database_url!r}, schema="one", pool_size=1) as database:
                print(len(await Migrations({package_name!r}).apply(database)))
        asyncio.run(main())
    """)
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, cwd=tmp_path, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = await asyncio.gather(*(process.communicate() for process in processes))
    assert sorted(out.decode().strip() for out, _ in outputs) == ["0", "0", "2"]


async def test_an_edited_file_is_refused_by_name(database_url: str, package: Package) -> None:
    async with Database.connect(database_url, schema="one") as database:
        await package(m0001=FIRST).apply(database)
        with pytest.raises(MigrationError, match=r"m0001\.sql was changed after it had been applied"):
            await package(m0001=FIRST + " -- edited").apply(database)


async def test_a_failing_migration_leaves_nothing_behind(database_url: str, package: Package) -> None:
    broken = "create table half (name text); insert into half values (1/0::text);"
    async with Database.connect(database_url, schema="one") as database:
        with pytest.raises(MigrationError, match=r"m0002\.sql failed: "):
            await package(m0001=FIRST, m0002=broken).apply(database)
        async with database.connection() as connection:
            tables = "select count(*) from information_schema.tables where table_schema = 'one'"
            assert await connection.fetchval(tables) == 0
        assert await package(m0002=SECOND).apply(database) == ("m0001.sql", "m0002.sql")


async def test_two_schemas_of_one_database_are_separate(database_url: str, package: Package) -> None:
    migrations = package(m0001=FIRST)
    async with (
        Database.connect(database_url, schema="one") as one,
        Database.connect(database_url, schema="two") as two,
    ):
        assert await migrations.apply(one) == ("m0001.sql",)
        assert await migrations.apply(two) == ("m0001.sql",)
        async with one.connection() as connection:
            await connection.execute("insert into things values ('of one')")
        async with two.connection() as connection:
            assert await connection.fetchval("select count(*) from things") == 0


async def test_migrations_of_two_packages_share_a_schema(database_url: str, package: Package) -> None:
    from brickline.events import MIGRATIONS

    async with Database.connect(database_url, schema="one") as database:
        assert await MIGRATIONS.apply(database)
        assert await package(m0001=FIRST).apply(database)
        assert not await MIGRATIONS.apply(database)
