"""What `brickline drill incident` does, from its options to its exit code."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from brickline.drill import DrillError, Incident, rehearse, require_passed
from brickline.embedded import EmbeddedPostgres
from brickline.process import stopped_by_signals, until
from brickline.settings import LogSettings, load_settings
from brickline.standalone.commands import exit_code
from brickline.standalone.data_folder import is_empty
from brickline.standalone.drill_progress import progress_shown
from brickline.standalone.drill_tables import show_incident
from brickline.standalone.plain import print_json
from brickline.standalone.serving import SERVICE, while_it_runs
from brickline.telemetry import configure_logging


def incident(events: int, keep: Path | None, *, as_json: bool) -> int:
    """Play the incident through and print what was measured."""

    async def run() -> None:
        settings = load_settings(LogSettings)
        if keep is not None and not is_empty(keep):
            raise DrillError(
                f"{keep} is not empty, and a drill begins without any data: name an empty or a new directory"
            )
        configure_logging(SERVICE, settings.log_level, settings.log_format)
        folder = nullcontext(keep) if keep else TemporaryDirectory(prefix="brickline-drill-")
        with folder as directory, _quiet(unless="log_level" in settings.model_fields_set):
            found = await _rehearse(Path(directory), events)
        print_json(found) if as_json else show_incident(found)
        require_passed(found)

    return exit_code(run)


@contextmanager
def _quiet(*, unless: bool) -> Iterator[None]:
    """Log nothing: failing is the point, and a line per failure only for those who ask for it."""
    if not unless:
        logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


async def _rehearse(directory: Path, events: int) -> Incident:
    found: Incident | None = None

    async def use() -> None:
        nonlocal found
        with progress_shown() as on_progress:
            found = await rehearse(postgres.dsn, events, on_progress)

    async with stopped_by_signals() as stop, EmbeddedPostgres(directory / "postgres") as postgres:
        await until(stop, while_it_runs(postgres, use()))
    if found is None:
        raise InterruptedError("stopped before the drill was done")
    return found
