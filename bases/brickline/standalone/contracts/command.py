"""`brickline contracts`, as people and CI call it. Imports what it runs late, so that `--help` is quick."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from brickline.standalone.contracts.broken_code import code_of, naming_broken_code
from brickline.standalone.dlq_flags import AsJson, Data, DatabaseUrl

app = typer.Typer(
    name="contracts",
    help="""Refuse changes of payloads that would break a reader; draw who reads and writes what.

    `check` holds the models in the code against the snapshots beside them: every version that an event may
    still have. It shows each break by a document that the other side's real model rejects.

    \b
    Examples:
      brickline contracts check                               before each merge; exit 1: something breaks
      brickline contracts check --base origin/main            against what the others run
      brickline contracts accept                              record what is safe, and new versions
      brickline contracts retire data.processed 1 --why "..." when nothing holds version 1 any more
      brickline contracts graph --format mermaid              the pipeline as a picture
      brickline contracts live --data ./data                  which releases read and write which version
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """How to draw the pipeline."""

    TEXT = "text"
    MERMAID = "mermaid"
    JSON = "json"
    ASYNCAPI = "asyncapi"


@app.command()
def check(
    base: Annotated[
        str | None,
        typer.Option(
            metavar="REF", help="Hold it against this commit, branch or tag, too.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed payloads break, and in which order to deploy.

    Each break with a document that is rejected, and the consumers and projects that meet it.

    Exit code 0: nothing. 1: something breaks, or is not recorded yet, or the map is wrong or out of date.
    2: it cannot be known, and what is missing or spoilt is named. Nothing is ever written.

    \b
    Examples:
      brickline contracts check
      brickline contracts check --base origin/main --json
    """
    with naming_broken_code(as_json=as_json):
        from brickline.standalone.contracts import run

    sys.exit(code_of(lambda: run.run_check(base, as_json=as_json), as_json=as_json))


@app.command()
def accept(
    topics: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC...]", help="Only these [default: all].", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record safe changes, new versions and new topics.

    They go into the snapshots, to be committed with the models. Where anything breaks nothing at all is
    written, and the exit code is 1.

    \b
    Examples:
      brickline contracts accept
      brickline contracts accept data.processed
    """
    with naming_broken_code(as_json=as_json):
        from brickline.standalone.contracts import run

    sys.exit(code_of(lambda: run.run_accept(topics or [], as_json=as_json), as_json=as_json))


@app.command()
def retire(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", show_default=False)],
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1, show_default=False)],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Kept in the snapshot.", show_default=False)],
    data: Data = None,
    database_url: DatabaseUrl = None,
    rabbitmq_url: Annotated[
        str | None, typer.Option(help="Broker of the services [default: BRICKLINE_RABBITMQ_URL].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give up a version that nothing holds any more.

    Looks into the outboxes and dead letters of every service, at what live services write, and, over
    RabbitMQ, whether the queues of the topic's readers are empty. Exit code 1: it is held, or may be, and
    nothing was done. Once it is retired, its upcaster may go.

    \b
    Examples:
      brickline contracts retire data.processed 1 --why "read as version 2 since June" --data ./data
      brickline contracts retire data.processed 1 --why "..." --database-url postgresql://user@host/name
    """
    with naming_broken_code(as_json=as_json):
        from brickline.standalone.contracts import retiring

    where = retiring.Where(data, database_url, rabbitmq_url)

    def work() -> int:
        return retiring.retire_version(where, topic, version, why, as_json=as_json)

    sys.exit(code_of(work, as_json=as_json))


@app.command()
def graph(
    form: Annotated[Form, typer.Option("--format", help="How to draw it.")] = Form.TEXT,
    update: Annotated[
        bool, typer.Option("--update", help="Write docs/asyncapi.json and the README's picture instead.")
    ] = False,
) -> None:
    """Draw who publishes and who reads what.

    By the code's own declarations: topics, consumer groups, services, projects and tiers.

    \b
    Examples:
      brickline contracts graph
      brickline contracts graph --format asyncapi > asyncapi.json
      brickline contracts graph --update
    """
    with naming_broken_code():
        from brickline.standalone.contracts import run

    sys.exit(code_of(lambda: run.run_update() if update else run.run_graph(form.value)))


@app.command()
def live(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Show which versions live services read and write.

    A column for each service and release, with the number of its instances.

    `!` marks a reader that does not know the version that somebody writes; `~` a version that is not the same
    schema everywhere.

    \b
    Examples:
      brickline contracts live
      brickline contracts live --database-url postgresql://user@host/name --json
    """
    with naming_broken_code(as_json=as_json):
        from brickline.standalone.contracts import live as run

    sys.exit(code_of(lambda: run.live(data, database_url, as_json=as_json), as_json=as_json))
