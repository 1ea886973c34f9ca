"""One worker's copy of what all workers know of the models."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.states.states_table import Row

_CLOSED = ModelState()


class StatesCopy:
    """The states last read, with what this worker has found out since."""

    def __init__(self) -> None:
        self._states: dict[str, ModelState] = {}
        self._failing: set[str] = set()
        self._changed: set[str] = set()

    @property
    def states(self) -> Mapping[str, ModelState]:
        """All of them by name."""
        return self._states

    def state(self, name: str) -> ModelState:
        """Return one; of a model nobody has called it is that all is well."""
        return self._states.get(name, _CLOSED)

    def is_failing(self, name: str) -> bool:
        """Whether there is a failure for a success to make up for."""
        return name in self._failing

    def change(self, name: str, state: ModelState, *, failing: bool) -> None:
        """Take over what this worker found out; a reading that is under way does not undo it."""
        self._states[name] = state
        self._changed.add(name)
        (self._failing.add if failing else self._failing.discard)(name)

    def measure(self, name: str, state: ModelState) -> None:
        """Take over a state of which only the latency has changed."""
        self._states[name] = state

    def begin_reading(self) -> None:
        """Note what changes from now on: it is newer than what will have been read."""
        self._changed.clear()

    def end_reading(self, rows: Mapping[str, Row]) -> None:
        """Take over what was read."""
        newer = {name: self._states[name] for name in self._changed}
        self._states = {name: row.state for name, row in rows.items()} | newer
        failing = {name for name, row in rows.items() if row.failing}
        self._failing = (failing - self._changed) | (self._failing & self._changed)


def after(seconds: float | None) -> datetime | None:
    """Return the time in so many seconds; None for none."""
    return None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)


def is_ahead(end: datetime | None) -> bool:
    """Whether a time is still to come."""
    return end is not None and end > datetime.now(UTC)
