"""Values that every log line of a unit of work carries."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})
_bound: ContextVar[Mapping[str, object]] = ContextVar("brickline_log_context", default=_NOTHING)


@contextmanager
def log_context(**values: object) -> Iterator[None]:
    """Add `values` to every log line until exit, then restore what was bound before.

    Bound per task, and inherited by the tasks started inside: several services of one process each bind
    their own `service`. The well-known names are `service`, `trace_id` and `event_id`.
    """
    token = _bound.set({**_bound.get(), **values})
    try:
        yield
    finally:
        _bound.reset(token)


def current_log_context() -> Mapping[str, object]:
    """Give what is bound here and now."""
    return _bound.get()
