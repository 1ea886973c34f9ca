"""How a log record becomes a line."""

import logging
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from brickline.telemetry.context import current_log_context
from brickline.telemetry.logger import VALUES

# What a reader looks for first, in the same place on every line.
_FIRST = ("timestamp", "level", "event", "service", "trace_id")


def json_formatter(service: str) -> logging.Formatter:
    """Make one JSON object per line; exceptions become objects."""
    # Locals stay out of tracebacks: they hold documents, keys and passwords.
    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
    return _formatter(
        service,
        [structlog.processors.ExceptionRenderer(frames), _ordered, structlog.processors.JSONRenderer()],
    )


def console_formatter(service: str, *, colors: bool) -> logging.Formatter:
    """Make lines for people."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )
    return _formatter(service, [_ordered, _printable, renderer])


def _formatter(service: str, rendering: Sequence[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _Values(service),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *rendering,
        ],
    )


class _Values:
    """Adds the values of the line, then those of its context, then the default service."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
        values: dict[str, object] = getattr(line["_record"], VALUES, {})
        return {"service": self._service, **current_log_context(), **values, **line}


def _ordered(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    known = {key: line.pop(key) for key in _FIRST if key in line}
    return {**known, **line}


def _printable(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """Escape control characters: text from outside must not move the cursor or forge a line of a terminal."""
    return {key: _escaped(value) if isinstance(value, str) else value for key, value in line.items()}


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
