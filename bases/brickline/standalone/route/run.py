"""What each subcommand of `brickline route` does, from its options to its exit code."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from brickline.budget import BudgetError, Ledger
from brickline.llm_providers import Providers
from brickline.llm_routing import CatalogueFile, OnProgress
from brickline.llm_routing import explain as ranked
from brickline.llm_routing import simulate as simulated
from brickline.settings import ModelsSettings, load_settings
from brickline.standalone.commands import exit_code
from brickline.standalone.dlq_options import Where
from brickline.standalone.ledger_database import ledger_database
from brickline.standalone.moments import read_since
from brickline.standalone.route import decision_json, decision_tables, tables
from brickline.standalone.route.explained import Explained
from brickline.standalone.route.live import live_states
from brickline.standalone.route.tasks import TASKS, task_named
from brickline.standalone.route.weights import read_weights
from brickline.standalone.wrong_option import WrongOption

__all__ = ["Where", "explain_event", "explain_task", "list_tasks", "simulate"]


class UnknownEvent(BudgetError):
    """Raised for an event that no call was made for."""


def list_tasks(*, as_json: bool) -> int:
    """Print the tasks."""

    async def run() -> None:
        tables.print_tasks_json(TASKS) if as_json else tables.show_tasks(TASKS)

    return exit_code(run)


def explain_task(
    where: Where, task_name: str | None, tokens: int | None, models: Path | None, *, as_json: bool
) -> int:
    """Print how a call would be routed now."""

    async def run() -> None:
        if task_name is None or tokens is None:
            raise WrongOption("Say what to explain: --task NAME with --tokens COUNT, or --event ID.")
        task = task_named(task_name)
        catalogue = CatalogueFile(models or load_settings(ModelsSettings).models_file).current()
        providers = Providers()
        found = ((model.name, providers.problem(model)) for model in catalogue.models)
        problems = {name: problem for name, problem in found if problem is not None}
        states = await live_states(where)
        decision = ranked(task, tokens, catalogue, states or {}, problems, datetime.now(UTC))
        explained = Explained(task, tokens, decision, live=states is not None)
        decision_json.print_json(explained) if as_json else decision_tables.show(explained)

    return exit_code(run)


def explain_event(where: Where, event_id: UUID, others: Sequence[str], *, as_json: bool) -> int:
    """Print what was decided for each call of an event."""

    async def run() -> None:
        if others:
            raise WrongOption(f"--event shows what was decided then: leave out {' and '.join(others)}.")
        async with ledger_database(where) as found:
            calls = await Ledger(found.ledger).of_event(event_id)
        if not calls:
            raise UnknownEvent(
                f"No call was made for the event {event_id}: `brickline trace ID` shows the calls of a "
                "document, job or trace, each with its event."
            )
        decision_json.print_calls_json(calls) if as_json else decision_tables.show_calls(calls)

    return exit_code(run)


def simulate(where: Where, since: str, weights: str, *, as_json: bool) -> int:
    """Print what other weights would have changed."""

    async def run() -> None:
        moment, other = read_since(since), read_weights(weights)
        async with ledger_database(where) as found:
            with _progress_shown() as on_progress:
                result = await simulated(Ledger(found.ledger), moment, other, on_progress)
        tables.print_simulated_json(result) if as_json else tables.show_simulated(result)

    return exit_code(run)


@contextmanager
def _progress_shown() -> Iterator[OnProgress | None]:
    """Show on a terminal how far the calls are read; stdout is for the result."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Calls"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda read, total: progress.update(task, completed=read, total=total)
