"""Every brick in use: `uv run python development/scratch.py`. A place to try things; change it as you like.

Each function stands alone: call one in a REPL that knows `await` (`uv run python -m asyncio`).
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from brickline.analysis import INSIGHTS, merge_insights
from brickline.client import ApiClient, ingest, read_files
from brickline.documents import Document
from brickline.embedded import EmbeddedPostgres
from brickline.events import MIGRATIONS, Consumer, EventContext, EventRuntime, Origin, StepCall
from brickline.jobs import DocumentProgress, Job
from brickline.llm_providers import Providers
from brickline.llm_routing import CatalogueFile, LLMClient, ModelPool
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from brickline.process import until
from brickline.rabbit_bus import RabbitBus
from brickline.reporting import ThemeReport
from brickline.schemas import ROUTES, BaseEvent, DataProcessed, decode, encode
from brickline.settings import ApiKeys, HttpSettings
from brickline.standalone.stack import running_stack
from brickline.telemetry import Health, configure_logging, log_context, new_trace_id
from brickline.texts import split_text
from brickline.web import create_app, run_server

SAMPLES = Path(__file__).parent / "samples"
FLOOD = (SAMPLES / "river-flood-after-action.md").read_text()


def an_event_on_the_wire() -> None:
    """`schemas`: an event becomes CloudEvents JSON and is read back."""
    document = Document.create(FLOOD)
    event = BaseEvent[DataProcessed].of(
        DataProcessed(document_id=document.document_id, title=document.title, content="The pumps failed."),
        event_id=uuid4(),
        trace_id=new_trace_id(),
        occurred_at=datetime.now(UTC),
        source="scratch",
        tenant="default",
    )
    body = encode(event)
    print(body.decode())
    print("the same when read back:", decode(body, DataProcessed) == event)


async def insights_of_a_text() -> None:
    """`texts`, `llm_routing`, `llm_providers`, `analysis`: a text in parts, asked for its insights."""
    llm = LLMClient(ModelPool(CatalogueFile(None), Providers()))
    call = StepCall(tenant="default", event_id=uuid4(), step="insights", trace_id=new_trace_id())
    parts = [await llm.generate(INSIGHTS, text, call) for text in split_text(FLOOD, max_bytes=3000)]
    print(len(parts), "parts:", merge_insights(parts))


class Shout(Consumer[DataProcessed]):
    """`events`: a step of a pipeline."""

    group_id = "shout"

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    async def process_message(self, event: DataProcessed, context: EventContext) -> None:
        """Print; then commit the inbox row, so that the event is never shouted twice."""
        async with context.transaction():
            print(event.content.upper(), "- attempt", context.attempt, "of trace", context.event.trace_id)
        self.heard.set()


async def a_pipeline() -> None:
    """`events`, `persistence`, `embedded`, `memory_bus`, `telemetry`: publish, relay, consume."""
    health, shout = Health("scratch"), Shout()
    with TemporaryDirectory() as folder:
        async with (
            EmbeddedPostgres(Path(folder) / "postgres") as postgres,
            Database.connect(postgres.dsn, schema="scratch") as database,
        ):
            await MIGRATIONS.apply(database)
            runtime = EventRuntime("scratch", database, MemoryBus())
            # Over RabbitMQ: async with RabbitBus.connect("amqp://...", routes=ROUTES) as bus: ...
            async with runtime.running([shout], health):
                async with runtime.transaction(Origin("default", new_trace_id())) as tx:
                    await tx.publish(DataProcessed(document_id=uuid4(), title="Note", content="it rains"))
                await shout.heard.wait()
                print(await health.readiness())


async def the_whole_product() -> None:
    """`settings`, `web`, `process`, `client`, `jobs`, `reporting`: every tier behind one HTTP server."""
    key, stop, health = "a-key-for-scratch", asyncio.Event(), Health("scratch")
    settings = HttpSettings(api_keys=ApiKeys({key: "default"}), port=0)
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with TemporaryDirectory() as folder:
        async with (
            EmbeddedPostgres(Path(folder) / "postgres") as postgres,
            running_stack(postgres, health, models_file=None) as routers,
        ):
            app = create_app(service="scratch", health=health, settings=settings, routers=routers)
            server = run_server(app, host="127.0.0.1", port=0, on_started=started.set_result)
            serving = asyncio.create_task(until(stop, server))
            async with ApiClient(f"http://127.0.0.1:{await started}", key) as client:
                results = await ingest(
                    client, read_files([SAMPLES]), lambda file: print("done:", file.path.name)
                )
                job: Job = await client.job((await client.submit("One more.")).job_id)
                report: ThemeReport = await client.theme_report()
            stop.set()
            await serving
    documents: tuple[DocumentProgress, ...] = job.documents
    print(results[0].found.insights.summary)
    print(job.state, documents[0].state, [(theme.theme, theme.count) for theme in report.themes[:5]])


async def main() -> None:
    """Run all of it."""
    configure_logging("scratch", "warning")
    print("the pipeline:", dict(ROUTES), "over", RabbitBus.__name__, "or", MemoryBus.__name__)
    with log_context(service="scratch"):
        an_event_on_the_wire()
        await insights_of_a_text()
        await a_pipeline()
        await the_whole_product()


if __name__ == "__main__":
    asyncio.run(main())
