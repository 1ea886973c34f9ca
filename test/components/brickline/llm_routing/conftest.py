from collections.abc import AsyncIterator

import pytest

from brickline.budget import Ledger
from brickline.llm_routing import LLM_MIGRATIONS
from brickline.persistence import Database
from support.databases import migrated


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with migrated(database_url, "analysis", *LLM_MIGRATIONS) as database:
        yield database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
