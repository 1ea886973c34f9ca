"""Text that Postgres takes."""

import pytest

from brickline.persistence import Database, storable


async def test_postgres_takes_what_is_storable_and_keeps_the_rest_of_it(database_url: str) -> None:
    text = storable("a NUL \x00 and half a pair \udcff, naïve 🧱")
    async with (
        Database.connect(database_url, schema="service") as database,
        database.connection() as connection,
    ):
        assert await connection.fetchval("select $1::text", text) == text
    assert text == "a NUL \N{REPLACEMENT CHARACTER} and half a pair ?, naïve 🧱"


@pytest.mark.parametrize("character", ["a", "\x00", "\udcff", "🧱"])
def test_storable_text_is_no_longer_than_its_limit(character: str) -> None:
    assert len(storable(character * 3000)) == 2000
    assert len(storable(character * 3000, longest=500)) == 500
