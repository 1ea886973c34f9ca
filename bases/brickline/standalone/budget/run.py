"""What each subcommand of `brickline budget` does, from its options to its exit code."""

from brickline.analysis import AnalysisConsumer
from brickline.budget import Budgets, Ledger, Period
from brickline.events import read_duplicates
from brickline.llm_routing import read_spending
from brickline.standalone.budget import doubt_tables, resolving, spending_tables, tables
from brickline.standalone.budget.changing import Wanted, change
from brickline.standalone.commands import exit_code
from brickline.standalone.dlq_options import Where
from brickline.standalone.ledger_database import ledger_database
from brickline.standalone.moments import read_since

__all__ = ["Wanted", "Where", "list_ambiguous", "report", "resolve", "set_limit", "show"]


def set_limit(where: Where, wanted: Wanted, *, as_json: bool) -> int:
    """Change one limit, and print what that means for its window of now."""

    async def run() -> None:
        scope, limit_micros = wanted.scope(), wanted.limit_micros()
        async with ledger_database(where) as found:
            changed = await change(found.ledger, scope, Period(wanted.window), limit_micros)
        tables.print_change_json(changed) if as_json else tables.show_change(changed)

    return exit_code(run)


def show(where: Where, *, as_json: bool) -> int:
    """Print the limits, and what is in doubt."""

    async def run() -> None:
        async with ledger_database(where) as found:
            lines = await Budgets(found.ledger).show()
            doubtful = await Ledger(found.ledger).ambiguous()
        tables.print_lines_json(lines, doubtful) if as_json else tables.show_lines(lines, doubtful)

    return exit_code(run)


def list_ambiguous(where: Where, *, as_json: bool) -> int:
    """Print the calls in doubt."""

    async def run() -> None:
        async with ledger_database(where) as found:
            doubtful = await Ledger(found.ledger).ambiguous()
        doubt_tables.print_json(doubtful) if as_json else doubt_tables.show(doubtful)

    return exit_code(run)


def resolve(
    where: Where, call: int, billed_usd: str | None, *, not_billed: bool, even_so: bool, as_json: bool
) -> int:
    """Book what a call in doubt cost, and print what is left to do."""

    async def run() -> None:
        billed = resolving.billed_micros(billed_usd, not_billed=not_billed)
        async with ledger_database(where) as found:
            resolved = await resolving.resolve(found, call, billed, even_so=even_so)
        doubt_tables.print_resolved_json(resolved) if as_json else doubt_tables.show_resolved(resolved)

    return exit_code(run)


def report(where: Where, since: str, *, as_json: bool) -> int:
    """Print what was spent, wasted and saved."""

    async def run() -> None:
        moment = read_since(since)
        async with ledger_database(where) as found:
            async with found.ledger.connection() as connection:
                duplicates = await read_duplicates(connection, AnalysisConsumer.group_id, moment)
            spending = await read_spending(Ledger(found.ledger), moment, duplicates)
        spending_tables.print_json(spending) if as_json else spending_tables.show(spending)

    return exit_code(run)
