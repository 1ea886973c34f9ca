import asyncio
import json
import logging
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from brickline.telemetry import configure_logging, get_logger, log_context, new_trace_id

Line = dict[str, Any]


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    for handler in root.handlers[:]:
        if type(handler).__module__.startswith("brickline."):
            root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[Line]:
    out, err = capsys.readouterr()
    assert out == "", "stdout belongs to the results of commands"
    return [json.loads(line) for line in err.splitlines()]


def test_a_line_is_one_json_object_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="json")
    get_logger("brickline.x").info("document accepted", document_id="d1", size=3)
    (line,) = lines(capsys)
    when = datetime.fromisoformat(line.pop("timestamp"))
    assert when.utcoffset() == timedelta(0)
    assert line == {
        "level": "info",
        "event": "document accepted",
        "service": "ingestion",
        "document_id": "d1",
        "size": 3,
        "logger": "brickline.x",
    }


def test_json_is_what_a_pipe_gets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion")
    get_logger("x").info("hello")
    assert lines(capsys)[0]["event"] == "hello"


def test_libraries_and_warnings_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="json")
    trace_id = new_trace_id()
    with log_context(trace_id=trace_id):
        logging.getLogger("uvicorn.error").warning("slow %s", "client")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old call", DeprecationWarning, stacklevel=1)
    uvicorn, warning = lines(capsys)
    assert (uvicorn["event"], uvicorn["service"], uvicorn["trace_id"]) == (
        "slow client",
        "ingestion",
        trace_id,
    )
    assert "old call" in warning["event"]
    assert warning["logger"] == "py.warnings"


def test_an_exception_is_a_field_without_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="json")

    def fail() -> None:
        password = "hunter2"
        raise RuntimeError(f"no {len(password)}")

    try:
        fail()
    except RuntimeError:
        get_logger("x").exception("it failed")
        logging.getLogger("aio_pika").exception("it failed there")
    ours, theirs = lines(capsys)
    for line in (ours, theirs):
        (error,) = line["exception"]
        assert (error["exc_type"], error["exc_value"]) == ("RuntimeError", "no 7")
        assert error["frames"][-1]["name"] == "fail"
    assert "hunter2" not in json.dumps(ours)


def test_less_severe_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", "warning", "json")
    log = get_logger("x")
    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")
    assert [line["event"] for line in lines(capsys)] == ["c", "d"]


def test_configuring_again_replaces_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("first", format="json")
    configure_logging("second", format="json")
    get_logger("x").info("hello")
    assert [line["service"] for line in lines(capsys)] == ["second"]


def test_values_that_are_no_json_do_not_lose_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="json")
    get_logger("x").info("odd", surrogate="\udc80", value=object(), keys={"a"}, newline="a\nb", level="mine")
    (line,) = lines(capsys)
    assert line["newline"] == "a\nb"
    assert line["level"] == "info"


def test_context_is_added_nested_and_restored(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("standalone", format="json")
    log = get_logger("x")
    with log_context(service="analysis", event_id="e1"):
        with log_context(event_id="e2", step="insights"):
            log.info("in")
        log.info("between")
    log.info("out")
    inner, between, outer = lines(capsys)
    assert (inner["service"], inner["event_id"], inner["step"]) == ("analysis", "e2", "insights")
    assert between["event_id"] == "e1"
    assert "step" not in between
    assert outer["service"] == "standalone"
    assert "event_id" not in outer


def test_context_is_restored_after_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("standalone", format="json")
    with pytest.raises(RuntimeError), log_context(event_id="e1"):
        raise RuntimeError
    get_logger("x").info("out")
    assert "event_id" not in lines(capsys)[0]


async def test_tasks_of_several_services_keep_their_own_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("standalone", format="json")
    meeting = asyncio.Barrier(2)

    async def serve(service: str) -> None:
        with log_context(service=service):
            await meeting.wait()
            get_logger("x").info(service)

    await asyncio.gather(serve("ingestion"), serve("analysis"))
    assert {line["service"] == line["event"] for line in lines(capsys)} == {True}


def test_a_console_line_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="console")
    get_logger("x").info("uploaded", name="a.txt\x1b[2J\n2026-01-01 [info] forged", title="Größe")
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "\x1b[2J" not in text
    assert "Größe" in text


def test_a_console_shows_a_traceback_without_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingestion", format="console")
    try:
        password = "hunter2"
        raise RuntimeError(len(password))
    except RuntimeError:
        get_logger("x").exception("it failed")
    text = capsys.readouterr().err
    assert "RuntimeError: 7" in text
    assert "password = 'hunter2'" not in text


def test_importing_the_brick_loads_neither_structlog_nor_a_web_framework() -> None:
    script = """
        import sys, brickline.telemetry
        print([name for name in ("structlog", "rich", "fastapi", "uvicorn") if name in sys.modules])
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
