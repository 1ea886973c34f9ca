"""The life of a service process, in processes of its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.waiting import eventually

PROGRAM = """
import asyncio, sys
from brickline.process import run_service, until
from brickline.settings import LogSettings

class Expected(Exception):
    pass

async def serve(settings, stop):
    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            print("working ended", flush=True)
    print("started", flush=True)
    {body}

sys.exit(run_service("greeter", LogSettings, serve, expected=(Expected,)))
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    yield running
    for process in running:
        process.kill()
        process.communicate()


def start(
    started: list[subprocess.Popen[str]], body: str, variables: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables or {},
    )
    started.append(process)
    return process


async def start_and_wait(started: list[subprocess.Popen[str]], body: str) -> subprocess.Popen[str]:
    process = start(started, body)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_work_in_order_and_the_exit_code_is_0(
    started: list[subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = await start_and_wait(started, "await until(stop, work()); print('drained')")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert out == "working ended\ndrained\n"
    assert f'"signal": "{number.name}"' in err


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
async def test_a_second_signal_ends_what_does_not_end(
    started: list[subprocess.Popen[str]], second: signal.Signals
) -> None:
    process = await start_and_wait(
        started, "await stop.wait(); print('draining', flush=True); await asyncio.sleep(60)"
    )
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "draining\n"
    process.send_signal(second)
    await eventually(lambda: process.poll() is not None)
    assert process.returncode == 128 + second


def test_work_that_ends_by_itself_ends_the_process(started: list[subprocess.Popen[str]]) -> None:
    process = start(started, "await until(stop, asyncio.sleep(0))")
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_an_expected_error_is_one_line_without_a_traceback(started: list[subprocess.Popen[str]]) -> None:
    process = start(started, "raise Expected('the cellar is flooded: pump it out')")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err == "greeter: the cellar is flooded: pump it out\n"


def test_an_error_of_the_work_is_raised_from_until(started: list[subprocess.Popen[str]]) -> None:
    body = "async def fail(): raise Expected('work failed')\n    await until(stop, fail())"
    process = start(started, body)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "greeter: work failed\n")


def test_an_error_that_nobody_expected_is_a_bug_and_keeps_its_traceback(
    started: list[subprocess.Popen[str]],
) -> None:
    process = start(started, "1 / 0")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" in err
    assert "ZeroDivisionError" in err


def test_wrong_settings_are_told_before_anything_starts(started: list[subprocess.Popen[str]]) -> None:
    process = start(started, "pass", {"BRICKLINE_LOG_LEVEL": "loud"})
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("greeter: ")
    assert "BRICKLINE_LOG_LEVEL is wrong" in err
    assert "Traceback" not in err
