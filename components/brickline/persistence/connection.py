"""A connection that does not take a silent rollback for a commit."""

from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from brickline.persistence.errors import TransactionAborted

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
"""A connection lent by the pool; on `Database.transaction`, inside that transaction."""


class HonestConnection(asyncpg.Connection):
    """What the pool is made of."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """Run a statement. Raises `TransactionAborted` for a COMMIT that Postgres answered with ROLLBACK.

        That is its answer, and no error, when a statement of the transaction failed and the code went on.
        """
        status = await super().execute(query, *args, timeout=timeout)
        if query == "COMMIT;" and status == "ROLLBACK":
            raise TransactionAborted(
                "nothing of the transaction was kept: a statement in it failed and its error was swallowed. "
                "Let the error pass, or put the statement into a savepoint (a transaction within)."
            )
        return status

    def get_reset_query(self) -> str:
        """Return nothing to run on release: bricks leave no session state behind, and it costs a round trip.

        A transaction left open is rolled back all the same.
        """
        return ""
