from collections.abc import AsyncIterator

import pytest

from brickline.embeddings import MIGRATIONS, SemanticIndex, WordLlamaEmbedder
from brickline.persistence import Database
from support.databases import migrated


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with migrated(database_url, "analysis", MIGRATIONS) as database:
        yield database


@pytest.fixture
def index(database: Database) -> SemanticIndex:
    return SemanticIndex(database, WordLlamaEmbedder())
