"""`brickline demo`: documents in, insights and a report out, through every tier."""

import json
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from brickline.client import ApiClient, DocumentResult, SourceFile, ingest
from brickline.jobs import Wait
from brickline.reporting import ThemeReport
from brickline.standalone.render import show_documents, show_report, waiting_for
from brickline.standalone.serving import Address

_ANALYSING = "Analysing"


async def run_demo(address: Address, files: Sequence[SourceFile], *, as_json: bool) -> None:
    """Ingest the files and show what was found."""
    started = time.perf_counter()
    async with ApiClient(address.url, address.api_key) as client:
        results = await _ingest_with_progress(client, files)
        report = await client.theme_report()
    elapsed_s = round(time.perf_counter() - started, 3)
    if as_json:
        print(_as_json(results, report, elapsed_s), flush=True)
    else:
        show_documents(results, elapsed_s)
        show_report(report)


async def _ingest_with_progress(client: ApiClient, files: Sequence[SourceFile]) -> list[DocumentResult]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)  # stdout is for results
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(_ANALYSING, total=len(files))
        waits: dict[SourceFile, Wait | None] = {}

        def on_wait(file: SourceFile, wait: Wait | None) -> None:
            waits[file] = wait
            progress.update(task, description=waiting_for(filter(None, waits.values())) or _ANALYSING)
            if wait is not None and progress.disable:  # or it would look as if it hung
                print(f"{file.path}: {waiting_for([wait])}", file=sys.stderr)

        return await ingest(client, files, lambda _file: progress.advance(task), on_wait)


def _as_json(results: Sequence[DocumentResult], report: ThemeReport, elapsed_s: float) -> str:
    documents = [
        {
            "document_id": str(result.found.document_id),
            "title": result.found.title,
            "trace_id": result.found.trace_id,
            "model": result.found.model,
            "degraded": result.found.degraded,
            "repaired": result.found.repaired,
            "cost_usd": result.found.cost_usd,
            "insights": result.found.insights.model_dump(mode="json"),
            "seconds": result.seconds,
        }
        for result in results
    ]
    whole = {"documents": documents, "report": report.model_dump(mode="json"), "elapsed_s": elapsed_s}
    readable = sys.stdout.encoding.lower() == "utf-8"
    return json.dumps(whole, indent=2, ensure_ascii=not readable)
