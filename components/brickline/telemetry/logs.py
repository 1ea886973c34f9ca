"""Where log lines go: ours, the libraries' and Python's warnings, all by the root logger."""

import logging
import sys

from brickline.settings import LogFormat, LogLevel

# Libraries that report each routine step at info.
_CHATTY = ("asyncio", "httpcore", "httpx", "uvicorn.error")


class _ServiceHandler(logging.Handler):
    """Writes to what stderr is at that moment: a progress bar takes it over to keep below the lines."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def configure_logging(service: str, level: LogLevel = "info", format: LogFormat = "auto") -> None:
    """Write the process's log lines to stderr; stdout is left to the results of commands.

    JSON is one object per line (`timestamp` in UTC, `level`, `event`, `service`, `trace_id` when bound, then
    the rest; `exception` with its frames); console is for people; `auto` takes console on a terminal.
    `service` is the default where `log_context` binds none. A second call replaces the first.
    """
    from brickline.telemetry.render import console_formatter, json_formatter  # imports structlog: see Logger

    terminal = sys.stderr.isatty()
    console = format == "console" or (format == "auto" and terminal)
    handler = _ServiceHandler()
    handler.setFormatter(console_formatter(service, colors=terminal) if console else json_formatter(service))
    root = logging.getLogger()
    root.handlers = [handler, *(other for other in root.handlers if not isinstance(other, _ServiceHandler))]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
