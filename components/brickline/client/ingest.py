"""Sending many documents, and waiting for what is found in them."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence

from brickline.client.api import ApiClient, DocumentResult, Submitted
from brickline.client.errors import DocumentFailed
from brickline.client.files import SourceFile

_AT_ONCE = 8
_POLL_S = (0.01, 0.02, 0.05, 0.1)


async def ingest(
    client: ApiClient, files: Sequence[SourceFile], on_done: Callable[[SourceFile], None]
) -> list[DocumentResult]:
    """Submit each file, wait for its insights, and return them in the order of `files`.

    `on_done` is told of each file as it ends. Raises `DocumentFailed` naming a file that was given up.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(file: SourceFile) -> DocumentResult:
        async with gate:
            started = time.perf_counter()
            submitted = await client.submit(file.text)
            await _reported(client, submitted, file)
            found = await client.insights(submitted.document_id)
            on_done(file)
            return DocumentResult(found=found, seconds=round(time.perf_counter() - started, 3))

    tasks = [asyncio.create_task(one(file)) for file in files]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:  # those still under way when one has failed
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _reported(client: ApiClient, submitted: Submitted, file: SourceFile) -> None:
    """Ask for the job, at growing intervals, until its one document has ended."""
    for attempt in itertools.count():
        job = await client.job(submitted.job_id)
        if job.state == "completed":
            return
        if job.state != "running":
            raise DocumentFailed(f"{file.path}: {job.documents[0].detail}")
        await asyncio.sleep(_POLL_S[min(attempt // 4, len(_POLL_S) - 1)])
