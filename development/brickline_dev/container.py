"""RabbitMQ in a container, where there is a Docker engine."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from brickline_dev.errors import NoBrokerError
from brickline_dev.ports import LOOPBACK
from brickline_dev.reachable import becomes_reachable

IMAGE_VARIABLE = "BRICKLINE_TEST_RABBITMQ_IMAGE"
DEFAULT_IMAGE = "rabbitmq:4"


@contextmanager
def rabbitmq_container() -> Iterator[str]:
    """Yield the URL of a broker in a container that is removed afterwards.

    Raises:
        NoBrokerError: there is no engine, or none that can have the image, or the broker does not come up.

    """
    image = os.environ.get(IMAGE_VARIABLE, DEFAULT_IMAGE)
    _reach_containers_over_loopback()
    from testcontainers.core.container import DockerContainer  # slow, and reads its settings when imported

    try:
        container = DockerContainer(image)
        # The engine takes an address to publish on, for which the library's type has no room.
        published = cast("dict[str, object]", container.ports)
        published["5672/tcp"] = (LOOPBACK, None) if _engine_is_local() else None
        container.start()
    except Exception as error:  # of the engine's client, its HTTP library or the registry: all mean the same
        raise NoBrokerError(f"a container of {image}: {_first_line(error)}") from error
    try:
        url = f"amqp://guest:guest@{container.get_container_host_ip()}:{container.get_exposed_port(5672)}/"
        if not asyncio.run(becomes_reachable(url, timeout_s=60)):
            raise NoBrokerError(f"a container of {image}: its broker did not serve within 60 s")
        yield url
    finally:
        container.stop()


def _reach_containers_over_loopback() -> None:
    """Keep to what works everywhere: published ports, and no second container that watches over the first."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    if _engine_is_local():
        os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        os.environ.setdefault("TESTCONTAINERS_HOST_OVERRIDE", LOOPBACK)


def _engine_is_local() -> bool:
    return os.environ.get("DOCKER_HOST", "unix:").startswith("unix:")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
