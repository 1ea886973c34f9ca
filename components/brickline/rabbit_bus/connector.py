"""A connection to the broker, made again when it is lost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError

from brickline.events import BusUnavailable
from brickline.rabbit_bus.properties import read_forgivingly

_CONNECT_TIMEOUT_S = 5.0
_HEARTBEAT_S = 10
# RuntimeError is for operations on a connection that has just closed. What waits for an answer when it ends
# without a reason gets a bare Exception, which is told by its exact type below.
_BROKEN = (AMQPError, OSError, TimeoutError, RuntimeError)


class Connector:
    """Hands out one connection; whoever asks after it was lost makes the next."""

    def __init__(self, url: str, name: str) -> None:
        parts = urlsplit(url)
        self._url = url + ("&" if parts.query else "?") + urlencode({"heartbeat": _HEARTBEAT_S, "name": name})
        self._address = f"{parts.hostname}:{parts.port or 5672}{parts.path}"
        self._connection: AbstractConnection | None = None
        self._lock = asyncio.Lock()

    @property
    def address(self) -> str:
        """Host, port and virtual host, without user and password."""
        return self._address

    @property
    def connected(self) -> bool:
        """Tell whether the connection was open when last heard of."""
        # Not is_closed: that tells only of a close() of ours, and not of a connection that was lost.
        return self._connection is not None and self._connection.connected.is_set()

    async def connection(self) -> AbstractConnection:
        """Return the open connection. Raises `BusUnavailable` naming the address when none can be made."""
        async with self._lock:
            if self._connection is None or not self.connected:
                read_forgivingly()
                with self.unavailable("cannot be reached"):
                    self._connection = await aio_pika.connect(self._url, timeout=_CONNECT_TIMEOUT_S)
            return self._connection

    async def close(self) -> None:
        """Close the connection; the broker takes back what is unacknowledged on it."""
        if self._connection is not None:
            await self._connection.close()

    @contextmanager
    def unavailable(self, what: str) -> Iterator[None]:
        """Turn what a broken connection raises into `BusUnavailable`."""
        try:
            yield
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # A connection that breaks cancels what waits for an answer on it: nobody cancelled this task.
            raise BusUnavailable(f"RabbitMQ at {self.address} {what}: the connection broke") from error
        except Exception as error:
            if not isinstance(error, _BROKEN) and type(error) is not Exception:
                raise
            raise BusUnavailable(
                f"RabbitMQ at {self.address} {what}: {str(error) or type(error).__name__}. "
                "Check that it runs and that the address, user and password are right."
            ) from error
