"""The `brickline` command. Each subcommand imports what it runs, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from brickline.standalone import dlq, drill, groups
from brickline.standalone.budget import command as budget
from brickline.standalone.contracts import command as contracts
from brickline.standalone.route import command as route

app = typer.Typer(
    help="""Documents in, insights and reports out: every service in one process.

    \b
    Examples:
      brickline demo notes/ report.md          ingest files, show what was found, go on serving
      brickline demo notes/ --exit --json      the same as one JSON object on stdout
      brickline up --port 8000 --data ./data   serve, and keep the data
      brickline trace ID --data ./data         what happened to a document, job or trace
      brickline dlq groups --data ./data       what failed, and how to send it again
      brickline groups list --data ./data      which consumer groups are paused, and why
      brickline budget show --data ./data      what models may cost, and what is left of it
      brickline route explain --event ID       which model was asked for an event, and why
      brickline contracts check                whether a changed payload breaks a reader
      brickline drill incident                 the incident that all this is for, played through here
    """,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(dlq.app)
app.add_typer(groups.app)
app.add_typer(budget.app)
app.add_typer(route.app)
app.add_typer(contracts.app)
app.add_typer(drill.app)

Port = Annotated[
    int | None,
    typer.Option(
        min=0, max=65535, help="Port to serve on [default: BRICKLINE_PORT or 8000]; 0: any free one."
    ),
]


@app.command()
def up(
    port: Port = None,
    data: Annotated[Path, typer.Option(help="Directory for the database and the API key.")] = Path(
        ".brickline"
    ),
) -> None:
    """Serve every tier until Ctrl-C; a second start on the same data goes on where the first ended.

    \b
    Prints two lines, the address and the API key:
      http://127.0.0.1:8000
      API key: ...
    Then, from another terminal:
      curl http://127.0.0.1:8000/documents -H "Authorization: Bearer KEY" --json '{"text": "..."}'
    """
    from brickline.standalone.commands import up as run

    sys.exit(run(data, port))


@app.command()
def demo(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files or folders of .txt and .md.", show_default=False),
    ],
    port: Port = None,
    data: Annotated[
        Path | None, typer.Option(help="Directory to keep the data in [default: a temporary one].")
    ] = None,
    exit_when_done: Annotated[bool, typer.Option("--exit", help="End instead of serving on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Ingest documents, show the insights of each and the report across all, and go on serving.

    \b
    Examples:
      brickline demo development/samples
      brickline demo notes/ letter.txt --exit --json
    """
    from brickline.standalone.commands import demo as run

    sys.exit(run(paths, data, port, as_json=as_json, exit_when_done=exit_when_done))


@app.command()
def trace(
    given: Annotated[
        str, typer.Argument(metavar="ID", help="A trace id, a document id or a job id.", show_default=False)
    ],
    data: Annotated[
        Path | None, typer.Option(help="Directory of `brickline up`, running or not [default: .brickline].")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="Database of the services [default: BRICKLINE_DATABASE_URL].")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """Show everything that happened to one request, in every service, in the order of time.

    \b
    Examples:
      brickline trace 4bf92f3577b34da6a3ce929d0e0e4736
      brickline trace 0192f5c4-7e0e-7000-8000-000000000000 --data ./data --json
    """
    from brickline.standalone.trace import trace as run

    sys.exit(run(given, data, database_url, as_json=as_json))


def main() -> None:
    """Run the command line."""
    app()
