"""`brickline groups`: which are paused, and letting one go on. Imports late, so that `--help` is quick."""

import sys
from typing import Annotated

import typer

from brickline.standalone.dlq_flags import AsJson, Data, DatabaseUrl

app = typer.Typer(
    name="groups",
    help="""See which consumer groups are paused, and let them go on.

    A group that cannot read what it is given pauses: after 20 such events in a row, or half of the last 200.
    The others wait unharmed. A deployed version that reads them ends the pause by itself.

    \b
    Examples:
      brickline groups list                                which are paused, since when and why
      brickline groups resume analysis                     let one go on without a deploy
      brickline dlq replay --group analysis --rate 50      then what it had buried before it paused
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the paused groups of every service, and what waits for each in the outboxes.

    Over RabbitMQ most of what waits is in the group's queue, which is not counted here: ask the broker.

    \b
    Examples:
      brickline groups list
      brickline groups list --data ./data --json
    """
    from brickline.standalone import groups_commands as run

    sys.exit(run.list_paused(run.Where(data, database_url), as_json=as_json))


@app.command()
def resume(
    group: Annotated[
        str, typer.Argument(metavar="GROUP", help="A consumer group, as `list` names it.", show_default=False)
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Let a paused group go on, in all its processes, within seconds.

    Where the running version still cannot read what waits, the group pauses again, after it has buried some
    20 events more. What it buried stays among the dead letters until it is replayed.

    \b
    Examples:
      brickline groups resume analysis
      brickline groups resume reporting.progress --database-url postgresql://user@host/name --json
    """
    from brickline.standalone import groups_commands as run

    sys.exit(run.resume(run.Where(data, database_url), group, as_json=as_json))
