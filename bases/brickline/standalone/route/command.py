"""`brickline route`, as operators call it. Imports what it runs late, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from brickline.standalone.dlq_flags import AsJson, CallsSince, Data, DatabaseUrl

app = typer.Typer(
    name="route",
    help="""See which model is asked for what, why, and what other weights would have changed.

    Models are ranked by weighted scores of cost, latency and quality; those that cannot take a call are left
    out, and it is said why. The weights are in the models file (BRICKLINE_MODELS_FILE).

    \b
    Examples:
      brickline route tasks
      brickline route explain --task insights --tokens 1200
      brickline route explain --event ID                       what was decided then
      brickline route simulate --since 7d --weights cost=1,latency=0,quality=0.5
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def tasks(as_json: AsJson = False) -> None:
    """List everything that models are asked to do, and in which brick it is defined.

    \b
    Examples:
      brickline route tasks
      brickline route tasks --json
    """
    from brickline.standalone.route import run

    sys.exit(run.list_tasks(as_json=as_json))


@app.command()
def explain(
    task: Annotated[str | None, typer.Option(help="A task, as `tasks` names it.")] = None,
    tokens: Annotated[
        int | None, typer.Option(min=0, max=100_000_000, help="About how long the text is, in tokens.")
    ] = None,
    event: Annotated[
        UUID | None, typer.Option(metavar="ID", help="Show what was decided for this event instead.")
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The models file to use [default: BRICKLINE_MODELS_FILE]."),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Rank the models for a call: scores, costs, and why a model is left out and until when.

    With a database of services at hand, the latencies and breakers are those of now; without one, all models
    are taken to be well. A key that is not set in this shell leaves its model out.

    \b
    Examples:
      brickline route explain --task insights --tokens 1200
      brickline route explain --task insights --tokens 1200 --models new.toml --json
      brickline route explain --event 0192f5c4-7e0e-7000-8000-000000000000
    """
    from brickline.standalone.route import run

    where = run.Where(data, database_url)
    if event is not None:
        given = [
            name
            for name, value in (("--task", task), ("--tokens", tokens), ("--models", models))
            if value is not None
        ]
        sys.exit(run.explain_event(where, event, given, as_json=as_json))
    sys.exit(run.explain_task(where, task, tokens, models, as_json=as_json))


@app.command()
def simulate(
    weights: Annotated[
        str,
        typer.Option(
            metavar="WEIGHTS",
            help="Such as cost=1,latency=0,quality=0.5; one that is left out counts 0.",
            show_default=False,
        ),
    ],
    since: CallsSince = "7d",
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Rank the answered calls of the past again under other weights, and show what that would have changed.

    Each call is priced with the tokens it really took. A model that was passed over then, because it failed
    or its money was spent, is passed over again. Nothing is changed: put the weights into the models file.

    \b
    Examples:
      brickline route simulate --weights cost=1,latency=0,quality=0.5
      brickline route simulate --since 24h --weights cost=0,latency=1,quality=1 --json
    """
    from brickline.standalone.route import run

    sys.exit(run.simulate(run.Where(data, database_url), since, weights, as_json=as_json))
