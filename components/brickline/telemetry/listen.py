"""Open the socket a server listens on, or say why it cannot."""

import asyncio
import errno
import socket

from brickline.telemetry.errors import ListenError

_BACKLOG = 2048
_WHAT_TO_DO = {
    errno.EADDRINUSE: "the port is in use; stop what uses it or choose another port (BRICKLINE_PORT)",
    errno.EACCES: "this port needs privileges; choose one above 1023 (BRICKLINE_PORT)",
    errno.EADDRNOTAVAIL: "this machine has no such address; choose another one (BRICKLINE_HOST)",
}


async def open_listener(host: str, port: int) -> socket.socket:
    """Bind and listen on `host`, port 0 for any free one; raises ListenError that names host and port.

    Opened before a server starts, so that a port in use is an exception here instead of a server's exit.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        problem = "the host name is unknown; use an address of this machine (BRICKLINE_HOST)"
        raise ListenError(f"Cannot listen on {host}:{port}: {problem}.") from error
    # A name such as localhost has addresses of both families; IPv4 is the one that is always reachable.
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    # The protocol is named because asyncio turns off Nagle's algorithm only on sockets that name it; with it,
    # each answer on a kept-alive connection would wait 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        _listen(listener, address)
    except OSError as error:
        listener.close()
        problem = _WHAT_TO_DO.get(error.errno or 0, error.strerror or str(error))
        raise ListenError(f"Cannot listen on {host}:{port}: {problem}.") from error
    return listener


def _listen(listener: socket.socket, address: tuple[object, ...]) -> None:
    # Lets a restart bind while connections of the last run linger in TIME_WAIT.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
