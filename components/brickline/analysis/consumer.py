"""The step of tier 1."""

from collections.abc import Mapping
from typing import ClassVar

from brickline.analysis.findings import Findings
from brickline.analysis.pieces import pieces_of
from brickline.analysis.store import read_findings, save_findings
from brickline.analysis.task import INSIGHTS
from brickline.events import Consumer, Deferred, EventContext, FailureClass, Transaction
from brickline.llm_routing import (
    LLMClient,
    LLMDeferred,
    NoProvider,
    PermanentLLMError,
    TransientLLMError,
    WaitingForBudget,
)
from brickline.schemas import AnalysisCompleted, DataProcessed

_STEP = "insights"


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
        try:
            found = await self._analyse(event.content, context)
        except LLMDeferred as error:
            # What passes in seconds is no news; that money is short until some hour is.
            waiting_for = error.waiting_for if isinstance(error, WaitingForBudget) else None
            raise Deferred(str(error), until=error.until, waiting_for=waiting_for) from error
        async with context.transaction() as tx:
            if await save_findings(tx, event, found):
                parts = [found] if event.parts == 1 else await read_findings(tx, event.document_id)
                await _publish(tx, event, Findings.merged(parts))

    async def _analyse(self, text: str, context: EventContext) -> Findings:
        """Ask piece by piece: where one has to wait, those before it are paid for, and are read back then."""
        found = []
        for step, piece in pieces_of(text, self._llm.room(INSIGHTS), _STEP).items():
            answer = await self._llm.answer(INSIGHTS, text=piece, call=context.call(step))
            found.append(
                Findings(
                    answer.output,
                    answer.model,
                    degraded=answer.degraded,
                    repaired=answer.repaired,
                    cost_micros=answer.cost_micros,
                )
            )
        return Findings.merged(found)


async def _publish(tx: Transaction, event: DataProcessed, found: Findings) -> None:
    await tx.publish(
        AnalysisCompleted(
            document_id=event.document_id,
            title=event.title,
            insights=found.insights,
            model=found.model,
            degraded=found.degraded,
            repaired=found.repaired,
            cost_micros=found.cost_micros,
        )
    )
