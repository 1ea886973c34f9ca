"""A service that misses something at its start names it, says what to do and ends."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from brickline_dev.ports import free_ports
from end_to_end.program import service
from end_to_end.refusal import refused
from end_to_end.stacks import KEYS

MODULES = ("http_api", "rabbit_worker", "report_api")


@pytest.fixture
def working(database_url: str) -> Mapping[str, str]:
    """Settings with which a service runs, but for the broker, which is not there."""
    (broker_port,) = free_ports(1)
    return {
        "BRICKLINE_DATABASE_URL": database_url,
        "BRICKLINE_RABBITMQ_URL": f"amqp://guest:secret@127.0.0.1:{broker_port}/",
        "BRICKLINE_API_KEYS": KEYS,
        "BRICKLINE_PORT": "0",
    }


async def each_refused(folder: Path, variables: Mapping[str, str], *, code: int = 1) -> dict[str, str]:
    """What each of the three services says before it ends."""
    saying = [refused(folder, service(module), variables, code=code, name=module) for module in MODULES]
    return dict(zip(MODULES, await asyncio.gather(*saying), strict=True))


async def test_all_missing_settings_are_named_at_once(tmp_path: Path) -> None:
    for module, said in (await each_refused(tmp_path, {}, code=2)).items():
        wanted = ["BRICKLINE_DATABASE_URL", "BRICKLINE_RABBITMQ_URL"]
        for variable in wanted if module == "rabbit_worker" else [*wanted, "BRICKLINE_API_KEYS"]:
            assert f"{variable} is missing. It wants" in said


async def test_a_postgres_that_is_not_there_is_named(tmp_path: Path, working: Mapping[str, str]) -> None:
    (port,) = free_ports(1)
    url = f"postgresql://me:hidden@127.0.0.1:{port}/brickline"
    for said in (await each_refused(tmp_path, {**working, "BRICKLINE_DATABASE_URL": url})).values():
        assert f"Postgres at 127.0.0.1:{port}/brickline" in said
        assert "Check that it runs" in said
        assert "hidden" not in said


async def test_a_rabbitmq_that_is_not_there_is_named(tmp_path: Path, working: Mapping[str, str]) -> None:
    address = urlsplit(working["BRICKLINE_RABBITMQ_URL"])
    for said in (await each_refused(tmp_path, working)).values():
        assert f"RabbitMQ at 127.0.0.1:{address.port}/" in said
        assert "Check that it runs" in said
        assert "secret" not in said


async def test_a_database_that_does_not_exist_is_named(tmp_path: Path, working: Mapping[str, str]) -> None:
    url = urlsplit(working["BRICKLINE_DATABASE_URL"])._replace(path="/no_such_database").geturl()
    said = await refused(tmp_path, service("http_api"), {**working, "BRICKLINE_DATABASE_URL": url})
    assert "no_such_database" in said


async def test_a_broker_that_does_not_know_the_user_is_named(
    tmp_path: Path, working: Mapping[str, str], rabbitmq_url: str
) -> None:
    port = urlsplit(rabbitmq_url).port
    url = f"amqp://nobody:secret@127.0.0.1:{port}/"
    said = await refused(tmp_path, service("http_api"), {**working, "BRICKLINE_RABBITMQ_URL": url})
    assert f"RabbitMQ at 127.0.0.1:{port}/" in said
    assert "secret" not in said


async def test_every_wrong_setting_is_named(tmp_path: Path) -> None:
    wrong = {
        "BRICKLINE_DATABASE_URL": "mysql://127.0.0.1/brickline",
        "BRICKLINE_RABBITMQ_URL": "127.0.0.1:5672",
        "BRICKLINE_DATABASE_POOL_SIZE": "many",
    }
    said = await refused(tmp_path, service("rabbit_worker"), wrong, code=2)
    assert all(f"{variable} is wrong" in said for variable in wrong)
