import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from brickline_dev.rabbit_files import find_server
from chaos.cli import main
from chaos.faults import Fault
from support.missing import miss
from support.processes import processes_mentioning
from support.waiting import eventually

LIMIT_S = 900
"""A loaded machine with two cores works off in minutes what was accepted in twenty seconds."""


async def test_twenty_seconds_of_every_fault_lose_nothing_and_do_nothing_twice() -> None:
    if find_server() is None:
        miss("no rabbitmq-server is installed")
    # Not in pytest's tmp_path: an account of its own has to reach the database.
    with TemporaryDirectory(prefix="brickline-chaos-test-") as folder:
        command = [sys.executable, "-m", "chaos", "--seconds", "20", "--data", folder, "--json", "-"]
        run = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            said, progress = await asyncio.wait_for(run.communicate(), LIMIT_S)
        finally:
            if run.returncode is None:
                run.terminate()
                await run.wait()
        told = f"{said.decode()}\n{progress.decode()}"
        assert run.returncode == 0, told
        report = json.loads(said)
        assert report["accepted"] == report["offered"] == report["reported"] >= 1000, told
        assert report["lost"] == report["dead_letters"] == 0
        assert report["effects_settled"] == report["effects_expected"] > report["accepted"]
        assert {each["fault"]: each["injected"] for each in report["faults"]} == {
            str(kind): 1 for kind in Fault
        }
        assert all(each["finished_s"] for each in report["faults"]), told
        await eventually(lambda: not processes_mentioning(folder))


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--rate", "-1"], ["--patience", "nan"]])
def test_impossible_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(arguments)
    assert refusal.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accepted.txt").write_text("of an earlier run")
    with pytest.raises(SystemExit) as refusal:
        main(["--data", str(tmp_path)])
    assert refusal.value.code == 2
    assert f"{tmp_path} is not an empty folder" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["", "missing/figures.json"])
def test_a_file_for_the_figures_that_cannot_be_written_is_refused_before_the_run(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["--json", str(tmp_path / file)])
    assert refusal.value.code == 2
    said = capsys.readouterr().err
    assert f"--json: {tmp_path / file} cannot be written" in said
    assert "data in" not in said
    assert not list(tmp_path.iterdir())


async def test_a_run_that_is_asked_to_end_leaves_no_process_behind() -> None:
    if find_server() is None:
        miss("no rabbitmq-server is installed")
    with TemporaryDirectory(prefix="brickline-chaos-test-") as folder:
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chaos", "--data", folder),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        await eventually(lambda: (Path(folder) / "analysis_worker.log").exists(), 60)
        run.terminate()
        _, said = await asyncio.wait_for(run.communicate(), 60)
        assert run.returncode == 143, said.decode()
        assert f"Data and logs are in {folder}" in said.decode()
        await eventually(lambda: not processes_mentioning(folder), 30)
