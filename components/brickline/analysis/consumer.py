"""The step of tier 1."""

from collections.abc import Mapping
from typing import ClassVar

from brickline.analysis.merging import merge_insights
from brickline.analysis.store import PartInsights, read_insights, save_insights
from brickline.analysis.task import INSIGHTS
from brickline.events import Consumer, EventContext, FailureClass, Transaction
from brickline.llm_routing import LLMClient, NoProvider, PermanentLLMError, TransientLLMError
from brickline.schemas import AnalysisCompleted, DataProcessed


class AnalysisConsumer(Consumer[DataProcessed]):
    """Extract insights from each processed document."""

    group_id = "analysis"
    publishes = (AnalysisCompleted,)
    failures: ClassVar[Mapping[type[BaseException], FailureClass]] = {
        PermanentLLMError: FailureClass.PERMANENT,
        TransientLLMError: FailureClass.TRANSIENT,
        NoProvider: FailureClass.DEPENDENCY_DOWN,
    }

    def __init__(self, llm: LLMClient) -> None:
        self._llm = llm

    async def process_message(self, event: DataProcessed, context: EventContext) -> None:
        """Ask for the insights of the document, or part; publish once those of every part are there."""
        answer = await self._llm.answer(INSIGHTS, text=event.content, call=context.call("insights"))
        found = PartInsights(answer.output, answer.model)
        async with context.transaction() as tx:
            if await save_insights(tx, event, found):
                parts = [found] if event.parts == 1 else await read_insights(tx, event.document_id)
                await _publish(tx, event, parts)


async def _publish(tx: Transaction, event: DataProcessed, parts: list[PartInsights]) -> None:
    await tx.publish(
        AnalysisCompleted(
            document_id=event.document_id,
            title=event.title,
            insights=merge_insights([part.insights for part in parts]),
            model=", ".join(dict.fromkeys(part.model for part in parts)),
        )
    )
