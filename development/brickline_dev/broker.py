"""The RabbitMQ that tests use, found without asking anyone to set one up."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from brickline_dev.container import rabbitmq_container
from brickline_dev.errors import NoBrokerError, NodeError
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.reachable import is_reachable

URL_VARIABLE = "BRICKLINE_TEST_RABBITMQ_URL"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that serves now, and one line on where it came from and what could not be had instead."""

    url: str
    origin: str


@contextmanager
def find_rabbitmq() -> Iterator[Broker]:
    """Yield the broker named by BRICKLINE_TEST_RABBITMQ_URL, else one in a container, else a private node.

    Raises:
        NoBrokerError: none of the three can be had. A URL that is set and does not answer is not passed over.

    """
    with ExitStack() as stack:
        yield _named() or _in_container_or_private(stack)


def _named() -> Broker | None:
    url = os.environ.get(URL_VARIABLE)
    if not url:
        return None
    if not asyncio.run(is_reachable(url)):
        raise NoBrokerError(f"No RabbitMQ answers at the address in {URL_VARIABLE}. Start it, or unset it.")
    return Broker(url, URL_VARIABLE)


def _in_container_or_private(stack: ExitStack) -> Broker:
    try:
        return Broker(stack.enter_context(rabbitmq_container()), "a container")
    except NoBrokerError as error:
        no_container = str(error)
    try:
        url = stack.enter_context(_private_node())
    except NodeError as error:
        raise NoBrokerError(
            f"No RabbitMQ for tests: {URL_VARIABLE} is not set; {no_container}; a private node: {error}"
        ) from error
    return Broker(url, f"a private node (not {no_container})")


@contextmanager
def _private_node() -> Iterator[str]:
    with TemporaryDirectory(prefix="brickline-rabbitmq-") as folder, asyncio.Runner() as runner:
        node = RabbitNode(Path(folder))
        runner.run(node.start())
        try:
            yield node.url
        finally:
            runner.run(node.stop())
