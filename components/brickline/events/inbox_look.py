"""Looking into the inbox before an event is handled, for many events at a time."""

import asyncio
from uuid import UUID

from brickline.events.inbox import settled_of
from brickline.persistence import Database


class InboxLook:
    """Answers the tasks of one group. What is asked while a query is under way goes into the next one."""

    def __init__(self, database: Database, group_id: str) -> None:
        self._database = database
        self._group_id = group_id
        self._asked: list[tuple[UUID, asyncio.Future[bool]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def is_settled(self, event_id: UUID) -> bool:
        """Tell whether the group has committed the event. Raises `DatabaseUnavailable`."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((event_id, answer))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await answer

    async def _look(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, []
            try:
                async with self._database.connection() as connection:
                    ids = [event_id for event_id, _ in asked]
                    settled = await settled_of(connection, self._group_id, ids)
                for event_id, answer in asked:
                    if not answer.done():
                        answer.set_result(event_id in settled)
            except Exception as error:
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
            finally:
                for _, answer in asked:
                    answer.cancel()  # nothing, but for those whom this task's own cancellation leaves waiting
