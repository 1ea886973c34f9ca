import os
import subprocess
import sys

import pytest

# What serving needs and `--help` does not.
HEAVY = ("asyncpg", "fastapi", "httpx", "rich", "structlog", "uvicorn", "yake")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["up", "--help"],
        ["demo", "--help"],
        ["dlq", "--help"],
        ["dlq", "replay", "--help"],
        ["budget", "--help"],
        ["budget", "set", "--help"],
        ["route", "--help"],
        ["route", "explain", "--help"],
        ["contracts", "--help"],
        ["contracts", "check", "--help"],
        ["contracts", "retire", "--help"],
    ],
)
def test_help_loads_nothing_heavy_and_shows_how_to_call_it(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from brickline.standalone.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    assert "brickline" in done.stdout or "--data" in done.stdout
    assert set(HEAVY) & set(done.stderr.split()) == set()


@pytest.mark.parametrize(
    "arguments", [["up", "--port", "65536"], ["up", "--port", "x"], ["down"], ["demo", "--nosuch"]]
)
def test_arguments_that_make_no_sense_are_refused_with_the_usage(arguments: list[str]) -> None:
    program = "from brickline.standalone.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Usage" in done.stderr
    assert "Traceback" not in done.stderr
