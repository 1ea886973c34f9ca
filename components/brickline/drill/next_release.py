"""The change of the incident: a payload's field has another name, at the same version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AliasChoices, Field

from brickline.analysis import AnalysisConsumer
from brickline.events import Consumer, EventContext, FailureClass, Transaction
from brickline.llm_routing import LLMClient
from brickline.reporting import ProgressRecorder
from brickline.schemas import BaseEvent, DataProcessed, Payload

_RENAMED = "text"


class RenamedDataProcessed(DataProcessed):
    """`DataProcessed` of the next release: writes `content` as `text`, and reads both.

    The version stays 1, so no upcaster stands between this writer and a reader of the release before: just
    what a contract gate refuses, and what happened.
    """

    content: Annotated[
        str,
        Field(
            min_length=1,
            validation_alias=AliasChoices(_RENAMED, "content"),
            serialization_alias=_RENAMED,
        ),
    ]


class NextAnalysis(Consumer[RenamedDataProcessed]):
    """The worker's step, deployed with the reader of the next release; nothing else of it changed."""

    group_id = AnalysisConsumer.group_id
    publishes = AnalysisConsumer.publishes
    failures: ClassVar[Mapping[type[BaseException], FailureClass]] = AnalysisConsumer.failures

    def __init__(self, llm: LLMClient) -> None:
        self._step = AnalysisConsumer(llm)

    async def process_message(self, event: RenamedDataProcessed, context: EventContext) -> None:
        """Do what the step does."""
        await self._step.process_message(event, context)


class NextProgress(Consumer[RenamedDataProcessed]):
    """The reports' step, deployed in time."""

    group_id = ProgressRecorder.group_id

    async def process_message(self, event: RenamedDataProcessed, context: EventContext) -> None:
        """Do what the step does."""
        await ProgressRecorder().process_message(event, context)


class RenamingTransaction(Transaction):
    """Another transaction, in which documents are announced as the next release does."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection, tx.origin, source="", allowed=None)
        self._tx = tx

    async def publish(
        self, payload: Payload, *, cause: BaseEvent[Any] | None = None, due_at: datetime | None = None
    ) -> UUID:
        """Publish in the other transaction."""
        if isinstance(payload, DataProcessed):
            payload = RenamedDataProcessed.model_validate(dict(payload))
        return await self._tx.publish(payload, cause=cause, due_at=due_at)
