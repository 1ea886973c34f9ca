"""The `brickline` command names what is wrong and what to do, and changes nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.program import COMMAND, Program
from end_to_end.refusal import refused
from end_to_end.texts import NOTE
from support.waiting import eventually


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_every_file_that_cannot_be_used_is_named_with_its_reason_and_nothing_is_ingested(
    tmp_path: Path, folder: Path
) -> None:
    contents = {
        "good.md": NOTE.encode(),
        "latin1.txt": "café".encode("latin-1"),
        "binary.txt": b"\x7fELF\x00\x01\x80\xff" * 50,
        "zeros.txt": b"text\x00text",
        "blank.md": "\ufeff \n\t".encode(),
        "empty.md": b"",
        "large.txt": b"x" * (1024 * 1024 + 1),
        "report.pdf": b"%PDF",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "hollow").mkdir()
    names = [*contents, "missing.md", "hollow"]
    data = folder / "data"
    said = await refused(
        tmp_path, [COMMAND, "demo", "--exit", "--data", str(data), *(str(tmp_path / name) for name in names)]
    )
    lines = {name: line for name in names for line in said.splitlines() if f"/{name}: " in line}
    assert set(lines) == set(names) - {"good.md"}
    assert "Nothing was ingested" in said
    assert "UTF-8" in lines["latin1.txt"]
    assert "binary" in lines["binary.txt"]
    assert "NUL" in lines["zeros.txt"]
    assert "blank" in lines["blank.md"]
    assert "blank" in lines["empty.md"]
    assert "1,048,576" in lines["large.txt"]
    assert ".txt or .md" in lines["report.pdf"]
    assert "No such file" in lines["missing.md"]
    assert "no .txt or .md" in lines["hollow"]
    assert not data.exists()


async def test_without_a_path_the_demo_says_how_to_call_it(tmp_path: Path) -> None:
    assert "PATH" in await refused(tmp_path, [COMMAND, "demo"], code=2)


async def test_a_port_in_use_is_named(tmp_path: Path, folder: Path, taken_port: int) -> None:
    command = [COMMAND, "up", "--port", str(taken_port), "--data", str(folder / "data")]
    said = await refused(tmp_path, command)
    assert f"127.0.0.1:{taken_port}" in said
    assert "in use" in said


async def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("mine")
    said = await refused(tmp_path, [COMMAND, "up", "--port", "0", "--data", str(file)])
    assert str(file) in said
    assert "is a file" in said
    assert file.read_text() == "mine"


async def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    # Where not even root may create anything.
    said = await refused(tmp_path, [COMMAND, "up", "--port", "0", "--data", "/proc/brickline"])
    assert "/proc/brickline" in said
    assert "writable" in said


async def test_a_second_process_on_one_data_directory_is_refused_and_the_first_goes_on(
    tmp_path: Path, folder: Path
) -> None:
    command = [COMMAND, "up", "--port", "0", "--data", str(folder / "data")]
    first = Program("first", command, tmp_path)
    first.start()
    try:
        await eventually(lambda: "API key" in first.said(), 30)
        assert first.process is not None
        said = await refused(tmp_path, command)
        assert str(folder / "data") in said
        assert "in use" in said
        assert str(first.process.pid) in said
        assert first.process.poll() is None
    finally:
        assert await first.stop() == 0


async def test_a_key_file_that_holds_no_key_is_named(tmp_path: Path, folder: Path) -> None:
    file = folder / "data" / "api-key"
    file.parent.mkdir()
    file.write_text("spoilt")
    said = await refused(tmp_path, [COMMAND, "up", "--port", "0", "--data", str(folder / "data")], code=2)
    assert str(file) in said
    assert "spoilt" not in said


async def test_every_wrong_setting_is_named_with_what_it_wants(tmp_path: Path, folder: Path) -> None:
    wrong = {
        "BRICKLINE_PORT": "http",
        "BRICKLINE_LOG_LEVEL": "loud",
        "BRICKLINE_API_KEYS": "default:short",
        "BRICKLINE_CORS_ORIGINS": "*",
        "BRICKLINE_MAX_REQUEST_BYTES": "1",
    }
    said = await refused(tmp_path, [COMMAND, "up", "--data", str(folder / "data")], wrong, code=2)
    lines = said.splitlines()
    assert all(any(f"{name} is wrong" in line and "It wants" in line for line in lines) for name in wrong)
    assert not (folder / "data").exists()
