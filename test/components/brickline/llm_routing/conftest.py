from collections.abc import AsyncIterator

import pytest

from brickline.budget import MIGRATIONS, Ledger
from brickline.persistence import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database.connect(database_url, schema="analysis") as database:
        await MIGRATIONS.apply(database)
        yield database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
