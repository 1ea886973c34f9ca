"""What each subcommand does, from its options to its exit code."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from brickline.budget import BudgetError
from brickline.client import ClientError, read_files
from brickline.contracts import ContractError
from brickline.drill import DrillError
from brickline.embedded import EmbeddedError
from brickline.events import DeadLetterError, GroupError
from brickline.llm_routing import ModelsFileError
from brickline.persistence import PersistenceError
from brickline.settings import SettingsError
from brickline.standalone.demo import run_demo
from brickline.standalone.render import show_address
from brickline.standalone.screen import forget_stdout, replace_what_cannot_be_shown
from brickline.standalone.serving import SERVICE, Address, serve
from brickline.standalone.settings import load
from brickline.telemetry import ListenError, configure_logging

_EXIT_INTERRUPTED = 130  # as a shell reports what Ctrl-C ended

# Each says in its text what to do.
_EXPECTED = (
    SettingsError,
    ClientError,
    EmbeddedError,
    PersistenceError,
    ListenError,
    ModelsFileError,
    BudgetError,
    DeadLetterError,
    GroupError,
    DrillError,
    ContractError,
)
# What the caller has to put right before anything can be said.
_BAD_INPUT = (SettingsError, ContractError)


def up(data_dir: Path, port: int | None) -> int:
    """Serve until a signal."""

    async def use(address: Address) -> None:
        show_address(address)
        await asyncio.Event().wait()

    async def run() -> None:
        settings = load(port)
        configure_logging(SERVICE, settings.log_level, settings.log_format)
        await serve(data_dir, settings, use)

    return exit_code(run)


def demo(
    paths: Sequence[Path], data_dir: Path | None, port: int | None, *, as_json: bool, exit_when_done: bool
) -> int:
    """Ingest files and show the results; without `data_dir` the data are gone at the end."""
    shown = False

    async def run() -> None:
        settings = load(port)
        if exit_when_done and "port" not in settings.model_fields_set:
            settings = settings.model_copy(
                update={"port": 0}
            )  # nobody is told of it, so any free one will do
        # The tables are the point: a line per event only for those who ask for it.
        level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
        configure_logging(SERVICE, level, settings.log_format)
        files = read_files(paths)

        async def use(address: Address) -> None:
            nonlocal shown
            await run_demo(address, files, as_json=as_json)
            shown = True
            if not exit_when_done:
                show_address(address, file=sys.stderr if as_json else sys.stdout)
                await asyncio.Event().wait()

        with nullcontext(data_dir) if data_dir else TemporaryDirectory(prefix="brickline-") as directory:
            await serve(Path(directory), settings, use)
        if not shown:
            raise InterruptedError("stopped before the documents were done")

    return exit_code(run)


def exit_code(run: Callable[[], Coroutine[Any, Any, int | None]]) -> int:
    """Run a command, whose own exit code counts; print in a sentence what it refuses for."""
    replace_what_cannot_be_shown()
    try:
        code = asyncio.run(run())
    except _EXPECTED as error:
        print(f"brickline: {error}", file=sys.stderr)
        return 2 if isinstance(error, _BAD_INPUT) else 1
    except BrokenPipeError:  # whoever read our output has ended
        forget_stdout()
        return 1
    except InterruptedError as error:
        print(f"brickline: {error}", file=sys.stderr)
        return _EXIT_INTERRUPTED
    except OSError as error:
        print(f"brickline: {error}", file=sys.stderr)
        return 1
    return code or 0
