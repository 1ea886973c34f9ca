import signal
from pathlib import Path

import pytest

from brickline_dev.child import Child, Service
from brickline_dev.ports import free_ports, is_free
from support.waiting import eventually


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    return Service("steady", "support.steady_service", free_ports(1)[0], "nothing")


async def test_output_is_added_to_the_log_that_is_given_and_not_printed(
    service: Service, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "steady.log"
    for _ in range(2):
        child = await Child.start(service, {}, log=log)
        await service.answering()
        await child.stop()
    assert log.read_text() == "listening\ndrained\n" * 2
    assert capfd.readouterr().out == ""


async def test_a_killed_child_has_no_time_to_drain_and_may_be_stopped_again(
    service: Service, tmp_path: Path
) -> None:
    log = tmp_path / "steady.log"
    child = await Child.start(service, {}, log=log)
    await service.answering()
    await child.kill()
    assert await child.ended() == -signal.SIGKILL
    await child.stop()
    assert log.read_text() == "listening\n"
    await eventually(lambda: is_free(service.port))
