"""What the running services know of their models, where there are some."""

import os
from collections.abc import Mapping

from brickline.embedded import holds_data
from brickline.llm_routing import ModelState, ModelStates
from brickline.standalone.data_folder import DEFAULT_DATA
from brickline.standalone.dlq_options import Where
from brickline.standalone.ledger_database import ledger_database


async def live_states(where: Where) -> Mapping[str, ModelState] | None:
    """Return the states by name of model; None where no database is named, and none is at the usual place."""
    if not _is_there(where):
        return None
    async with ledger_database(where) as found:
        states = ModelStates(found.ledger)
        await states.refresh()
        return states.snapshot


def _is_there(where: Where) -> bool:
    if where.data or where.database_url is not None or os.environ.get("BRICKLINE_DATABASE_URL"):
        return True
    try:
        return holds_data(DEFAULT_DATA / "postgres")
    except OSError:  # a directory that may not be read is no reason not to rank models
        return False
