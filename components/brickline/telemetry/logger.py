"""What modules log with."""

import logging

VALUES = "brickline_values"
"""The attribute of a log record that holds the values of its line."""


class Logger:
    """Logs an event, a constant phrase, with values: `log.info("document accepted", document_id=...)`.

    A thin typed layer over the standard library's logger of that name. structlog renders the lines, and
    is imported only by `configure_logging`: its import takes longer than a command's `--help` should.
    """

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, /, **values: object) -> None:
        """Log what helps to follow a single run."""
        self._emit(logging.DEBUG, event, values)

    def info(self, event: str, /, **values: object) -> None:
        """Log a step that went as it should."""
        self._emit(logging.INFO, event, values)

    def warning(self, event: str, /, **values: object) -> None:
        """Log what was dealt with, and may need someone's attention if it goes on."""
        self._emit(logging.WARNING, event, values)

    def error(self, event: str, /, **values: object) -> None:
        """Log what needs someone's attention."""
        self._emit(logging.ERROR, event, values)

    def exception(self, event: str, /, **values: object) -> None:
        """Log an error together with the exception being handled."""
        self._emit(logging.ERROR, event, values, with_exception=True)

    def _emit(self, level: int, event: str, values: dict[str, object], with_exception: bool = False) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=with_exception, stacklevel=3, extra={VALUES: values})


def get_logger(name: str) -> Logger:
    """Make a logger; `name` is the module's `__name__` and stands in each line as `logger`."""
    return Logger(name)
