"""Open the socket a server listens on, or say why it cannot."""

import asyncio
import errno
import socket

from brickline.telemetry.errors import ListenError

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
    try:
        listener = socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        problem = _WHAT_TO_DO.get(error.errno or 0, error.strerror or str(error))
        raise ListenError(f"Cannot listen on {host}:{port}: {problem}.") from error
    listener.setblocking(False)
    return listener
