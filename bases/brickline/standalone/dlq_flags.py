"""The options that subcommands of `brickline` share, most of them those of `brickline dlq`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias
from uuid import UUID

import typer


class State(StrEnum):
    """Which letters to read."""

    DEAD = "dead"
    REPLAYED = "replayed"
    DISCARDED = "discarded"
    ALL = "all"


_TIME = "ISO 8601, or how long ago: 90s, 30m, 2h, 7d."

Data: TypeAlias = Annotated[
    Path | None, typer.Option(help="Directory of `brickline up`, running or not [default: .brickline].")
]
DatabaseUrl: TypeAlias = Annotated[
    str | None, typer.Option(help="Database of the services [default: BRICKLINE_DATABASE_URL].")
]
Service: TypeAlias = Annotated[
    str | None, typer.Option(help="Only of this service: ingestion, analysis or reporting.")
]
Group: TypeAlias = Annotated[str | None, typer.Option(help="Only of this consumer group.")]
Reason: TypeAlias = Annotated[
    str | None, typer.Option(help="Only with this reason: contract, permanent, exhausted ...")
]
Fingerprint: TypeAlias = Annotated[str | None, typer.Option(help="Only what failed alike.")]
Tenant: TypeAlias = Annotated[str | None, typer.Option(help="Only of this tenant.")]
Since: TypeAlias = Annotated[str | None, typer.Option(help=f"Dead since then. {_TIME}")]
Until: TypeAlias = Annotated[str | None, typer.Option(help=f"Dead before then. {_TIME}")]
CallsSince: TypeAlias = Annotated[str, typer.Option("--since", help=f"Calls since then: {_TIME}")]
Ids: TypeAlias = Annotated[
    list[UUID] | None, typer.Argument(metavar="[ID...]", help="Dead letters.", show_default=False)
]
Every: TypeAlias = Annotated[bool, typer.Option("--all", help="Every dead letter there is.")]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only count them; change nothing.")]
By: TypeAlias = Annotated[
    str | None, typer.Option(help="Who does it, kept with the letter [default: the user's name].")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
