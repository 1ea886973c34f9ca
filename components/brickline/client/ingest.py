"""Sending many documents, and waiting for what is found in them."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence

from brickline.client.api import ApiClient, DocumentResult, Submitted
from brickline.client.errors import DocumentFailed
from brickline.client.files import SourceFile
from brickline.jobs import Wait

_AT_ONCE = 8
_POLL_S = (0.01, 0.02, 0.05, 0.1)
_WAITING_POLL_S = 1.0

OnWait = Callable[[SourceFile, Wait | None], None]


async def ingest(
    client: ApiClient,
    files: Sequence[SourceFile],
    on_done: Callable[[SourceFile], None],
    on_wait: OnWait = lambda _file, _wait: None,
) -> list[DocumentResult]:
    """Submit each file, wait for its insights, and return them in the order of `files`.

    `on_done` is told of each file as it ends; `on_wait` when it begins to wait for something such as budget,
    for something else or longer, or (None) no more. Raises `DocumentFailed` naming a file that was given up.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(file: SourceFile) -> DocumentResult:
        async with gate:
            started = time.perf_counter()
            submitted = await client.submit(file.text)
            await _reported(client, submitted, file, on_wait)
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


async def _reported(client: ApiClient, submitted: Submitted, file: SourceFile, on_wait: OnWait) -> None:
    """Ask for the job, at growing intervals, until its one document has ended."""
    told: Wait | None = None
    for attempt in itertools.count():
        job = await client.job(submitted.job_id)
        if job.state not in ("running", "completed"):
            raise DocumentFailed(f"{file.path}: {job.documents[0].detail}")
        (document,) = job.documents
        if document.waiting != told:
            told = document.waiting
            on_wait(file, told)
        if job.state == "completed":
            return
        await asyncio.sleep(_WAITING_POLL_S if told else _POLL_S[min(attempt // 4, len(_POLL_S) - 1)])
