"""The gateway that was updated: takes documents in by tier 0's own code, and announces them renamed."""

from uuid_utils.compat import uuid7

from brickline.documents import Document, submit
from brickline.drill.next_release import RenamingTransaction
from brickline.events import EventRuntime, Origin
from brickline.jobs import open_job
from brickline.telemetry import new_trace_id

TENANT = "drill"

_NOTE = "Note {number}: pump {number} was stopped because its bearing ran hot, and the spare pump took over."


async def upload(runtime: EventRuntime, numbers: range) -> None:
    """Accept one document for each number, as one job: stored and announced in one transaction.

    Each text is short, and unlike every other one.
    """
    job_id = uuid7()
    documents = [Document.create(_NOTE.format(number=number)) for number in numbers]
    async with runtime.transaction(Origin(TENANT, new_trace_id(), job_id)) as tx:
        await submit(RenamingTransaction(tx), job_id, documents)
        await open_job(tx, job_id, {each.document_id: each.title for each in documents})
