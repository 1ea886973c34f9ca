"""`brickline dlq`, as operators call it. Each subcommand imports what it runs, so that `--help` is quick."""

import sys
from typing import Annotated
from uuid import UUID

import typer

from brickline.standalone.dlq_flags import (
    AsJson,
    By,
    Data,
    DatabaseUrl,
    DryRun,
    Every,
    Fingerprint,
    Group,
    Ids,
    Reason,
    Service,
    Since,
    State,
    Tenant,
    Until,
)

app = typer.Typer(
    name="dlq",
    help="""Read dead letters, replay their events, or discard them.

    A dead letter is an event that a consumer group gave up. It ends once, replayed or discarded, and stays.

    \b
    Examples:
      brickline dlq groups                                 what failed alike, and how often
      brickline dlq list --group analysis --since 2h
      brickline dlq show ID
      brickline dlq replay --fingerprint F --dry-run       how many it would be
      brickline dlq replay --fingerprint F --rate 50       one first, then 50 a second
      brickline dlq replay ID --edit fixed.json            with another body
      brickline dlq discard --fingerprint F --because "test data"
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(
    service: Service = None,
    group: Group = None,
    reason: Reason = None,
    fingerprint: Fingerprint = None,
    tenant: Tenant = None,
    since: Since = None,
    until: Until = None,
    state: Annotated[State, typer.Option(help="In which state they are.")] = State.DEAD,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Go on where a list before ended.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List dead letters, newest first.

    \b
    Examples:
      brickline dlq list
      brickline dlq list --group analysis --reason contract --since 2h --json
      brickline dlq list --state all --tenant acme --limit 100
    """
    from brickline.standalone import dlq_commands as run

    wanted = run.Wanted(service, group, reason, fingerprint, tenant, since, until, state.value)
    sys.exit(run.list_letters(run.Where(data, database_url), wanted, limit, cursor, as_json=as_json))


@app.command()
def groups(
    service: Service = None,
    group: Group = None,
    reason: Reason = None,
    fingerprint: Fingerprint = None,
    tenant: Tenant = None,
    since: Since = None,
    until: Until = None,
    state: Annotated[State, typer.Option(help="In which state they are.")] = State.DEAD,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Count what failed alike: how many, first, last, and the newest error of each.

    \b
    Examples:
      brickline dlq groups
      brickline dlq groups --since 2026-11-22T08:00Z --json
    """
    from brickline.standalone import dlq_commands as run

    wanted = run.Wanted(service, group, reason, fingerprint, tenant, since, until, state.value)
    sys.exit(run.count_groups(run.Where(data, database_url), wanted, as_json=as_json))


@app.command()
def show(
    letter: Annotated[UUID, typer.Argument(metavar="ID", help="A dead letter.", show_default=False)],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show one dead letter: why it died, its body (the beginning of a long one), and its event's lineage.

    \b
    Examples:
      brickline dlq show 0192f5c4-7e0e-7000-8000-000000000000
      brickline dlq show 0192f5c4-7e0e-7000-8000-000000000000 --json | jq -r .body.text > body.json
    """
    from brickline.standalone import dlq_commands as run

    sys.exit(run.show_letter(run.Where(data, database_url), letter, as_json=as_json))


@app.command()
def replay(
    ids: Ids = None,
    service: Service = None,
    group: Group = None,
    reason: Reason = None,
    fingerprint: Fingerprint = None,
    tenant: Tenant = None,
    since: Since = None,
    until: Until = None,
    every: Every = False,
    dry_run: DryRun = False,
    canary: Annotated[
        bool, typer.Option(help="Replay one of each kind first, the others once it is settled.")
    ] = True,
    canary_timeout: Annotated[float, typer.Option(help="Wait for a canary for so many seconds.")] = 60.0,
    rate: Annotated[
        float | None, typer.Option(help="Send so many a second [default: as fast as they go].")
    ] = None,
    edit: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Send this body instead of the one letter's own; -: from stdin."),
    ] = None,
    by: By = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Send the events of dead letters to their groups again, under their own ids.

    One letter of each kind goes first; only if it is settled the others of its kind follow. The service sends
    them, so it has to run; without --no-canary the command waits for it.

    \b
    Examples:
      brickline dlq replay ID ID
      brickline dlq replay --fingerprint F --dry-run
      brickline dlq replay --group analysis --since 1d --rate 50
      brickline dlq replay ID --edit fixed.json
      brickline dlq replay --all --no-canary --json
    """
    from brickline.standalone import dlq_commands as run

    wanted = run.Wanted(service, group, reason, fingerprint, tenant, since, until, "dead", ids, every=every)
    how = run.How(by, dry_run=dry_run, canary=canary, canary_timeout_s=canary_timeout, rate=rate)
    sys.exit(run.replay(run.Where(data, database_url), wanted, how, edit, as_json=as_json))


@app.command()
def discard(
    because: Annotated[str, typer.Option(help="Why; it stays with the letters.", show_default=False)],
    ids: Ids = None,
    service: Service = None,
    group: Group = None,
    reason: Reason = None,
    fingerprint: Fingerprint = None,
    tenant: Tenant = None,
    since: Since = None,
    until: Until = None,
    every: Every = False,
    dry_run: DryRun = False,
    by: By = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Close dead letters for good, and say why. They can still be listed and shown.

    \b
    Examples:
      brickline dlq discard ID --because "a test of ours"
      brickline dlq discard --tenant acme --until 30d --because "too old to matter" --dry-run
      brickline dlq discard --reason contract --since 2h --because "of a broken build"
    """
    from brickline.standalone import dlq_commands as run

    wanted = run.Wanted(service, group, reason, fingerprint, tenant, since, until, "dead", ids, every=every)
    where = run.Where(data, database_url)
    sys.exit(run.discard(where, wanted, because, by, dry_run=dry_run, as_json=as_json))
