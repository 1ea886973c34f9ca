"""How the HTTP client of every adapter is set up, whichever library it comes from."""

import ipaddress
from urllib.parse import urlsplit

LONGEST_BODY = 8 * 1024 * 1024
"""In bytes: far above any answer whose tokens are bounded, far below what hurts."""
KEEP_IDLE_S = 3.0
"""How long an idle connection is kept.

Many servers close one after five seconds. A request that goes out as that happens looks as if it had been
sent and worked on, so connections are dropped before.
"""
_LONGEST_CONNECT_S = 10.0


class BodyTooLong(ValueError):
    """Raised while a body is read that cannot be an answer."""

    def __init__(self) -> None:
        super().__init__(f"it is longer than {LONGEST_BODY} bytes")


def connect_timeout(timeout_s: float) -> float:
    """How long to wait for a connection.

    It is shorter than the wait for the answer, so that a request that runs into it was certainly not sent.
    """
    return min(_LONGEST_CONNECT_S, timeout_s / 2)


def uses_proxies(url: str) -> bool:
    """Whether the environment's proxies apply; they cannot reach this machine's own servers."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")
