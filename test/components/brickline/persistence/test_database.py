"""A database that is away, or goes away, is `DatabaseUnavailable` and nothing else; the pool recovers."""

import asyncio
import threading
from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from brickline.persistence import Database, DatabaseUnavailable, PersistenceError, TransactionAborted
from support.waiting import eventually

SECRET = "sesame-öffne/dich@now"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database.connect(database_url, schema="service", pool_size=2) as database:
        async with database.connection() as connection:
            await connection.execute("create table things (name text unique)")
        yield database


async def things(database: Database) -> int:
    """How many things there are, as soon as the pool has noticed which of its connections were cut."""

    async def count() -> list[int] | None:
        try:
            async with database.connection() as connection:
                return [await connection.fetchval("select count(*) from things")]
        except DatabaseUnavailable:
            return None

    (found,) = await eventually(count)
    return found


async def sever_all(database_url: str) -> None:
    """Cut every connection to the database but this one."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


def sever_all_unseen(database_url: str) -> None:
    """The same while the test's own event loop stands still, so that its client has not noticed yet."""
    thread = threading.Thread(target=lambda: asyncio.run(sever_all(database_url)))
    thread.start()
    thread.join()


async def test_a_transaction_commits_at_its_end(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into things values ('kept')")
    assert await things(database) == 1


async def test_a_transaction_rolls_back_on_any_exception(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('gone')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await things(database) == 0


async def test_a_cancelled_transaction_rolls_back_and_frees_its_connection(database: Database) -> None:
    async def linger() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('gone')")
            await connection.execute("select pg_sleep(30)")

    for _ in range(3):  # more often than the pool has connections
        task = asyncio.create_task(linger())
        await eventually(lambda: is_sleeping(database))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await things(database) == 0


async def test_a_swallowed_failure_of_a_statement_is_not_taken_for_a_commit(database: Database) -> None:
    async def swallow() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('twice')")
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute("insert into things values ('twice')")

    with pytest.raises(TransactionAborted, match="nothing of the transaction was kept"):
        await swallow()
    assert await things(database) == 0


async def test_a_failure_inside_a_savepoint_leaves_the_rest_of_the_transaction(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into things values ('once')")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await connection.execute("insert into things values ('once')")
    assert await things(database) == 1


@pytest.mark.parametrize("schema", ["Upper", "9th", "with space", 'q"uote', "", "a" * 64, "x; drop schema y"])
async def test_a_name_that_is_no_plain_identifier_is_refused(database_url: str, schema: str) -> None:
    with pytest.raises(PersistenceError, match="is no schema name"):
        async with Database.connect(database_url, schema=schema):
            pass


async def test_a_schema_named_like_a_keyword_works(database_url: str) -> None:
    async with Database.connect(database_url, schema="user") as database, database.connection() as connection:
        assert await connection.fetchval("select current_schema()") == "user"


async def test_many_that_create_the_same_schema_at_once_all_come_up(database_url: str) -> None:
    async def start() -> None:
        async with Database.connect(database_url, schema="service", pool_size=1) as database:
            assert await database.check() is None

    await asyncio.gather(*(start() for _ in range(12)))


async def test_a_user_who_may_not_create_schemas_can_use_one_that_exists(database_url: str) -> None:
    role = f"plain_{urlsplit(database_url).path[-12:]}"
    admin = await asyncpg.connect(database_url)
    try:
        await admin.execute(f"create role {role} login; create schema service authorization {role}")
        plain = database_url.replace("//postgres@", f"//{role}@", 1)
        async with Database.connect(plain, schema="service") as database:
            assert await database.check() is None
    finally:
        await admin.execute(f"drop owned by {role}; drop role {role}")
        await admin.close()


async def test_no_server_is_unavailable_with_its_address_and_without_the_password(unused_port: int) -> None:
    dsn = f"postgresql://someone:{quote(SECRET, safe='')}@127.0.0.1:{unused_port}/shop?application_name=x"
    with pytest.raises(DatabaseUnavailable) as caught:
        async with Database.connect(dsn, schema="service"):
            pass
    assert f"127.0.0.1:{unused_port}/shop" in str(caught.value)
    assert_no_secret(str(caught.value))


@pytest.mark.parametrize("password", ["p@ss@word", "sla/sh", "per%cent", "sesame"])
async def test_no_part_of_an_oddly_written_password_is_told(unused_port: int, password: str) -> None:
    dsn = f"postgresql://someone:{password}@127.0.0.1:{unused_port}/shop"
    with pytest.raises(PersistenceError) as caught:
        async with Database.connect(dsn, schema="service"):
            pass
    told = str(caught.value)
    assert not any(part in told for part in ("p@ss", "ss@", "sla", "sh@", "per%", "cent@", "sesame"))


async def test_a_refused_login_does_not_tell_the_password(database_url: str) -> None:
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    wrong = parts._replace(netloc=f"nobody_here:{quote(SECRET, safe='')}@{host}").geturl()
    with pytest.raises(DatabaseUnavailable) as caught:
        async with Database.connect(wrong, schema="service"):
            pass
    assert_no_secret(str(caught.value))


def assert_no_secret(text: str) -> None:
    assert not any(part in text for part in ("sesame", "dich", "ffne", quote(SECRET, safe="")))


async def test_a_connection_killed_in_the_middle_of_a_query_is_unavailable(
    database: Database, database_url: str
) -> None:
    async def wait() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('lost')")
            await connection.execute("select pg_sleep(30)")

    task = asyncio.create_task(wait())
    await eventually(lambda: is_sleeping(database))
    await sever_all(database_url)
    with pytest.raises(DatabaseUnavailable, match="went away"):
        await task
    assert await things(database) == 0


async def test_a_connection_killed_between_two_queries_is_unavailable(
    database: Database, database_url: str
) -> None:
    async def go_on() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('lost')")
            await sever_all(database_url)
            await asyncio.sleep(0.05)  # long enough to notice: the other case is the next test
            await connection.execute("insert into things values ('too late')")

    with pytest.raises(DatabaseUnavailable, match="went away"):
        await go_on()
    assert await things(database) == 0


async def test_a_connection_killed_unnoticed_is_unavailable_at_the_next_query(
    database: Database, database_url: str
) -> None:
    async def go_on() -> None:
        async with database.transaction() as connection:
            sever_all_unseen(database_url)
            await connection.execute("insert into things values ('too late')")

    with pytest.raises(DatabaseUnavailable, match="went away"):
        await go_on()


async def test_what_was_committed_is_not_reported_as_failed_when_the_connection_dies_after_it(
    database: Database, database_url: str
) -> None:
    async with database.connection() as connection:
        await connection.execute("insert into things values ('kept')")
        sever_all_unseen(database_url)
    await eventually(lambda: is_ready(database))
    assert await things(database) == 1


async def test_a_handlers_own_exception_is_not_taken_for_the_databases(database: Database) -> None:
    with pytest.raises(ConnectionResetError, match="of some other server"):
        async with database.transaction():
            raise ConnectionResetError("of some other server")


async def test_the_pool_recovers_after_every_connection_was_cut(
    database: Database, database_url: str
) -> None:
    for _ in range(3):
        async with database.connection(), database.connection():
            pass  # both connections of the pool are open
        sever_all_unseen(database_url)
        await eventually(lambda: is_ready(database))
        assert await things(database) == 0


async def is_sleeping(database: Database) -> bool:
    async with database.connection() as connection:
        sql = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
        return bool(await connection.fetchval(sql))


async def is_ready(database: Database) -> bool:
    return await database.check() is None


async def test_readiness_says_why_while_the_server_refuses_and_recovers(
    database: Database, database_url: str, postgres_server: str
) -> None:
    name = urlsplit(database_url).path[1:]
    admin = await asyncpg.connect(postgres_server)
    try:
        await admin.execute(f"alter database {name} allow_connections false")
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        reason = await eventually(database.check)
        assert "cannot be used" in reason or "went away" in reason
        with pytest.raises(DatabaseUnavailable):
            async with database.transaction():
                pass
    finally:
        await admin.execute(f"alter database {name} allow_connections true")
        await admin.close()
    await eventually(lambda: is_ready(database))
