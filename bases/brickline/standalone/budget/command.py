"""`brickline budget`, as operators call it. Imports what it runs late, so that `--help` is quick."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from brickline.standalone.dlq_flags import AsJson, CallsSince, Data, DatabaseUrl

app = typer.Typer(
    name="budget",
    help="""Limit what language models may cost, see what is left, and what was paid in vain.

    A call's worst case is held before it is made, and settled at what it cost: no limit is passed, however
    many workers there are. Windows begin at whole hours, days and months of UTC.

    \b
    Examples:
      brickline budget set --limit-usd 5 --window day          for all calls together
      brickline budget set --tenant acme --limit-usd 0.5 --window hour
      brickline budget set --model large --none --window month
      brickline budget show
      brickline budget ambiguous                               calls that may have been billed
      brickline budget resolve ID --not-billed
      brickline budget report --since 7d                       what was spent, wasted and saved
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Window(StrEnum):
    """How long a limit's window is."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


@app.command("set")
def set_(
    window: Annotated[
        Window, typer.Option(help="How long a window is; total: one for ever.", show_default=False)
    ],
    tenant: Annotated[str | None, typer.Option(help="Limit the calls made for this tenant.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Limit the calls of this model, by its name in the models file.")
    ] = None,
    limit_usd: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="The most to spend in a window, such as 5 or 0.25; 0: nothing."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Remove the limit.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Set, change or remove a limit. Without --tenant and --model it is on all calls together.

    It holds at once, in every worker. What the window has spent already counts. When a limit is raised or
    removed, documents that wait for budget are tried again within seconds.

    \b
    Examples:
      brickline budget set --limit-usd 5 --window day
      brickline budget set --tenant acme --limit-usd 0.5 --window hour --json
      brickline budget set --model large --none --window month
    """
    from brickline.standalone.budget import run

    wanted = run.Wanted(tenant, model, window.value, limit_usd, none=none)
    sys.exit(run.set_limit(run.Where(data, database_url), wanted, as_json=as_json))


@app.command()
def show(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Show every limit: what its window has spent and holds, what is free, and where it will end.

    What is held may yet be spent: by calls in hand, or by ambiguous ones. The forecast is for the end of the
    window, at its pace so far.

    \b
    Examples:
      brickline budget show
      brickline budget show --data ./data --json
    """
    from brickline.standalone.budget import run

    sys.exit(run.show(run.Where(data, database_url), as_json=as_json))


@app.command()
def ambiguous(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the calls that may have been billed, and whose answer is lost.

    A worker died, or the connection broke, between sending a request and keeping its answer. The worst case
    stays held until you say what the provider billed.

    \b
    Examples:
      brickline budget ambiguous
      brickline budget ambiguous --json
    """
    from brickline.standalone.budget import run

    sys.exit(run.list_ambiguous(run.Where(data, database_url), as_json=as_json))


@app.command()
def resolve(
    call: Annotated[
        int, typer.Argument(metavar="ID", help="A call, as `ambiguous` names it.", show_default=False)
    ],
    billed_usd: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="What the provider billed for it, such as 0.0042.")
    ] = None,
    not_billed: Annotated[bool, typer.Option("--not-billed", help="It was not billed.")] = False,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Also book an amount that is far more than was held.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say what an ambiguous call cost, so that nothing is held for it any more.

    Its answer stays lost: the command names the dead letter to replay, if there is one.

    \b
    Examples:
      brickline budget resolve 1832614022144214 --not-billed
      brickline budget resolve 1832614022144214 --billed-usd 0.0042 --json
    """
    from brickline.standalone.budget import run

    where = run.Where(data, database_url)
    sys.exit(run.resolve(where, call, billed_usd, not_billed=not_billed, even_so=even_so, as_json=as_json))


@app.command()
def report(
    since: CallsSince = "7d",
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show what was spent, by model, what of it was in vain, and what was saved.

    In vain: failed attempts, answers that had to be put right or were cut off, calls whose answer was lost.
    Saved: equal questions, redelivered events that read their answer back, duplicates that were skipped.

    \b
    Examples:
      brickline budget report
      brickline budget report --since 2026-11-01T00:00Z --json
    """
    from brickline.standalone.budget import run

    sys.exit(run.report(run.Where(data, database_url), since, as_json=as_json))
