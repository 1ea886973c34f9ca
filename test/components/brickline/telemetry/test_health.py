import asyncio
import logging

import pytest

from brickline.telemetry import Check, Health


async def well() -> str | None:
    return None


async def ill() -> str | None:
    return "The broker does not answer."


async def broken() -> str | None:
    raise ConnectionRefusedError("postgresql://user:hunter2@db")


async def stuck() -> str | None:
    await asyncio.Event().wait()
    return None


async def stubborn() -> str | None:
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()
            return None


async def test_a_service_is_not_ready_before_it_has_anything_to_check() -> None:
    readiness = await Health("analysis").readiness()
    assert readiness.http_status == 503
    assert readiness.body()["checks"] == {"start": "the service is starting"}


async def test_one_reason_makes_a_service_not_ready_and_is_told() -> None:
    health = Health("analysis")
    health.add("database", well)
    health.add("broker", ill)
    readiness = await health.readiness()
    assert not readiness.ready
    assert readiness.http_status == 503
    assert readiness.body() == {
        "status": "unavailable",
        "service": "analysis",
        "checks": {"database": "ok", "broker": "The broker does not answer."},
    }


async def test_a_check_that_raises_is_a_reason_that_keeps_the_errors_text_to_itself() -> None:
    health = Health("analysis")
    health.add("database", broken)
    assert (await health.readiness()).checks == {"database": "failed with ConnectionRefusedError"}


@pytest.mark.parametrize("check", [stuck, stubborn])
async def test_a_check_that_hangs_is_a_reason_in_time(check: object) -> None:
    health = Health("analysis", timeout_s=0.05)
    health.add("database", stuck if check is stuck else stubborn)
    async with asyncio.timeout(10):
        readiness = await health.readiness()
    assert readiness.checks == {"database": "gave no answer within 0.05 s"}


async def test_checks_run_at_the_same_time() -> None:
    health, meeting = Health("analysis"), asyncio.Barrier(3)

    async def meet() -> str | None:
        await meeting.wait()
        return None

    for name in ("a", "b", "c"):
        health.add(name, meet)
    assert (await health.readiness()).ready


async def test_a_name_stands_for_one_check() -> None:
    health = Health("analysis")
    health.add("database", well)
    with pytest.raises(ValueError, match="database"):
        health.add("database", ill)


async def test_a_probe_that_goes_away_leaves_no_check_running() -> None:
    health, cancelled = Health("analysis"), asyncio.Event()
    started = asyncio.Event()

    async def watched() -> str | None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return None

    health.add("database", watched)
    probe = asyncio.create_task(health.readiness())
    await started.wait()
    probe.cancel()
    async with asyncio.timeout(1):
        await cancelled.wait()


async def test_a_change_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    health, answers = Health("analysis"), iter(["down", "down", None, None])

    async def flaky() -> str | None:
        return next(answers)

    health.add("database", flaky)
    for _ in range(4):
        await health.readiness()
    assert caplog.messages == ["health check failed", "health check recovered"]


async def test_a_check_that_does_not_block_warns_and_leaves_the_service_ready() -> None:
    health = Health("analysis")
    health.add("database", well)
    health.add("contracts", ill, blocking=False)
    readiness = await health.readiness()
    assert readiness.http_status == 200
    assert readiness.body() == {
        "status": "ok",
        "service": "analysis",
        "checks": {"database": "ok", "contracts": "warning: The broker does not answer."},
    }


async def test_a_warning_hides_no_reason() -> None:
    health = Health("analysis")
    health.add("database", ill)
    health.add("contracts", well, blocking=False)
    readiness = await health.readiness()
    assert readiness.http_status == 503
    assert readiness.checks == {"database": "The broker does not answer.", "contracts": "ok"}


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (broken, "warning: failed with ConnectionRefusedError"),
        (stuck, "warning: gave no answer within 0.05 s"),
    ],
)
async def test_a_check_that_fails_or_hangs_and_does_not_block_is_a_warning(check: Check, said: str) -> None:
    health = Health("analysis", timeout_s=0.05)
    health.add("database", well)
    health.add("contracts", check, blocking=False)
    readiness = await health.readiness()
    assert (readiness.ready, readiness.checks["contracts"]) == (True, said)


async def test_a_service_with_warnings_alone_to_check_is_starting() -> None:
    health = Health("analysis")
    health.add("contracts", well, blocking=False)
    readiness = await health.readiness()
    assert readiness.http_status == 503
    assert readiness.checks == {"contracts": "ok", "start": "the service is starting"}


async def test_a_change_of_a_warning_is_logged_as_one(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    health, answers = Health("analysis"), iter(["old", "old", None, None])

    async def flaky() -> str | None:
        return next(answers)

    health.add("contracts", flaky, blocking=False)
    for _ in range(4):
        await health.readiness()
    assert caplog.messages == ["health check warns", "health check recovered"]
