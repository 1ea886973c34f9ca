"""A ledger on a database of its own, and the time there."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

import pytest

from brickline.budget import MIGRATIONS, Budgets, Ledger, Wish
from brickline.persistence import Database
from support.databases import migrated


class MakeWish(Protocol):
    def __call__(
        self,
        amount_micros: int = 100,
        *,
        tenant: str = "acme",
        model: str = "small",
        event_id: UUID | None = None,
        attempt: int = 1,
        fingerprint: bytes | None = None,
        lease_s: float = 15,
    ) -> Wish: ...


class Clock:
    """The database's time, standing still from the first `set` on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, moment: str) -> None:
        """Be at an ISO time of UTC."""
        now = datetime.fromisoformat(f"{moment}+00:00").isoformat()
        async with self._database.connection() as connection:
            await connection.execute(
                "create or replace function budget_now() returns timestamptz language sql volatile "
                f"as $$ select '{now}'::timestamptz $$"
            )


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with migrated(database_url, "analysis", MIGRATIONS) as database:
        yield database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def budgets(database: Database) -> Budgets:
    return Budgets(database)


@pytest.fixture
def clock(database: Database) -> Clock:
    return Clock(database)


@pytest.fixture
def wish() -> MakeWish:
    def make(
        amount_micros: int = 100,
        *,
        tenant: str = "acme",
        model: str = "small",
        event_id: UUID | None = None,
        attempt: int = 1,
        fingerprint: bytes | None = None,
        lease_s: float = 15,
    ) -> Wish:
        return Wish(
            tenant=tenant,
            event_id=event_id or uuid4(),
            step="insights",
            attempt=attempt,
            trace_id="c0ffee" + "0" * 26,
            model=model,
            amount_micros=amount_micros,
            fingerprint=fingerprint,
            lease_s=lease_s,
            note={"task": "insights"},
        )

    return make
