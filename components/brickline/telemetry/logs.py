"""Where log lines go: ours, the libraries' and Python's warnings, all by the root logger."""

import logging
import sys
from typing import TextIO

from brickline.settings import LogFormat, LogLevel

# Libraries that report each routine step at info.
_CHATTY = ("asyncio", "httpcore", "httpx")


class _ServiceHandler(logging.StreamHandler[TextIO]):
    """The handler of `configure_logging`, a class of its own so that the next call can find it."""


def configure_logging(service: str, level: LogLevel = "info", format: LogFormat = "auto") -> None:
    """Write the process's log lines to stderr; stdout is left to the results of commands.

    JSON is one object per line (`timestamp` in UTC, `level`, `event`, `service`, `trace_id` when bound, then
    the rest; `exception` with its frames); console is for people; `auto` takes console on a terminal.
    `service` is the default where `log_context` binds none. A second call replaces the first.
    """
    from brickline.telemetry.render import console_formatter, json_formatter  # imports structlog: see Logger

    terminal = sys.stderr.isatty()
    console = format == "console" or (format == "auto" and terminal)
    handler = _ServiceHandler(sys.stderr)
    handler.setFormatter(console_formatter(service, colors=terminal) if console else json_formatter(service))
    root = logging.getLogger()
    root.handlers = [handler, *(other for other in root.handlers if not isinstance(other, _ServiceHandler))]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
