"""`brickline drill`, as operators call it. Imports what it runs late, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="drill",
    help="""Rehearse on this machine what must not happen again, and measure it.

    \b
    Examples:
      brickline drill incident                    the founding incident, with 14,000 documents
      brickline drill incident --events 500       the same in some seconds
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _drill() -> None:
    """Keep `incident` a subcommand: it is the only one."""


@app.command()
def incident(
    events: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many documents it happens to.")
    ] = 14_000,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep the data in this directory, an empty or a new one [default: thrown away].",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Ship a payload that the worker cannot read; then deploy the fix, and account for every document.

    The gateway of a new release renames a field of the event, at the same version; the worker is not
    deployed. It runs for real: the services' own code, a private Postgres, the in-process bus, the offline
    provider, whose calls are counted. Documents are written by the gateway's code below its HTTP layer, a
    hundred to a transaction, as one upload.

    First everything is accepted, the worker's group pauses after some 20 events, and its readiness turns red.
    Then a worker that reads the field is started, the pause ends by itself, the dead letters are replayed
    (one first, the others 50 a second), and all documents finish, each once.

    Nothing of another data directory or database is touched. Ends with 0 if every figure is as it must be,
    with 1 if one is not, with 130 when interrupted.

    \b
    Examples:
      brickline drill incident
      brickline drill incident --events 500 --json
      brickline drill incident --keep ./drill         then: brickline dlq list --state all --data ./drill
    """
    from brickline.standalone.drill_command import incident as run

    sys.exit(run(events, keep, as_json=as_json))
