"""`brickline contracts live`: what the processes that run now announce."""

from pathlib import Path

from brickline.events import Announcement, announced
from brickline.persistence import tables_as_expected
from brickline.standalone.commands import exit_code
from brickline.standalone.contracts import live_json, live_tables
from brickline.standalone.contracts.answer import errors_as_json
from brickline.standalone.contracts.matrix import matrices_of
from brickline.standalone.operator_database import service_databases
from brickline.standalone.plain import print_whole


def live(data: Path | None, database_url: str | None, *, as_json: bool) -> int:
    """Print what every live process reads and writes."""

    async def run() -> None:
        found: list[Announcement] = []
        with errors_as_json(as_json=as_json):
            async with service_databases(data, database_url) as databases:
                for name, database in databases.items():
                    with tables_as_expected(name):
                        found += await announced(database)
        matrices = matrices_of(found)
        if as_json:
            print_whole(live_json.as_json(matrices))
        else:
            live_tables.show(matrices, silent=sorted(databases.keys() - {each.service for each in found}))

    return exit_code(run)
