"""Run the three services as three processes, for development.

Without settings they get a PostgreSQL and a RabbitMQ of their own, which keep their data in
.brickline/services/; set BRICKLINE_DATABASE_URL or BRICKLINE_RABBITMQ_URL to use yours.
Ctrl-C drains and stops everything.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from brickline.embedded import EmbeddedError
from brickline_dev.api_key import api_key
from brickline_dev.backing import backing
from brickline_dev.child import Child, Service
from brickline_dev.errors import DevelopmentError, ServiceError
from brickline_dev.ports import answers, is_free

_EXAMPLES = """\
examples:
  python -m brickline_dev.services
  python -m brickline_dev.services --port 9000        (9000, 9001 and 9002)
  BRICKLINE_RABBITMQ_URL=amqp://guest:guest@127.0.0.1/ python -m brickline_dev.services
"""


def services(first_port: int) -> list[Service]:
    """Return the services in the order they start; they stop in it too, so that producers go first."""
    return [
        Service("ingestion_api", "brickline.http_api", first_port),
        Service("analysis_worker", "brickline.rabbit_worker", first_port + 1),
        Service("reporting_api", "brickline.report_api", first_port + 2),
    ]


async def run(wanted: Sequence[Service], directory: Path, stop: asyncio.Event) -> None:
    """Run the services until `stop` is set, then drain them.

    Raises:
        ServiceError: one of them ended, or its port is taken; the others have been drained then.
        NodeError, EmbeddedError: a server they need cannot be started.

    """
    for service in wanted:
        if not is_free(service.port):
            raise ServiceError(
                f"The port {service.port} for {service.name} is in use. "
                "Stop what listens there, or choose others with --port."
            )
    keys = os.environ.get("BRICKLINE_API_KEYS") or f"default:{api_key(directory)}"
    print("Starting PostgreSQL and RabbitMQ unless given ...", flush=True)
    async with backing(directory) as servers:
        environment = {"BRICKLINE_API_KEYS": keys, **servers.variables(), **_log_format()}
        children: list[Child] = []
        try:
            for service in wanted:
                children.append(await Child.start(service, environment))
            await _watch(children, keys, stop)
        finally:
            print("Draining ...", flush=True)
            await asyncio.gather(*(child.stop() for child in children))


async def _watch(children: Sequence[Child], keys: str, stop: asyncio.Event) -> None:
    """Return once `stop` is set; raise when a child ends before."""
    ends = {asyncio.create_task(child.ended()): child.service for child in children}
    stopping = asyncio.create_task(stop.wait())
    announcing = asyncio.create_task(_announce([child.service for child in children], keys))
    try:
        await asyncio.wait({*ends, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task, service in ends.items():
            if task.done() and not stop.is_set():
                raise ServiceError(
                    f"{service.name} ended with exit code {task.result()}; the others are stopped."
                )
    finally:
        for task in (*ends, stopping, announcing):
            task.cancel()


async def _announce(wanted: Sequence[Service], keys: str) -> None:
    while not all(answers(service.port) for service in wanted):
        await asyncio.sleep(0.1)
    for service in wanted:
        print(f"{service.address}  {service.name}", flush=True)
    print(f"API key: {keys.split(',')[0].partition(':')[2]}", flush=True)
    print("Ctrl-C stops everything.", flush=True)


def _log_format() -> dict[str, str]:
    """Services write to us, not to the terminal: pass on what they would have found out themselves."""
    if sys.stdout.isatty() and "BRICKLINE_LOG_FORMAT" not in os.environ:
        return {"BRICKLINE_LOG_FORMAT": "console"}
    return {}


async def _run_until_signalled(first_port: int, directory: Path) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run(services(first_port), directory, stop))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    # Servers take seconds to start: a signal in that time must not wait for the services.
    await asyncio.wait({running, waiting := asyncio.create_task(stop.wait())}, return_when="FIRST_COMPLETED")
    waiting.cancel()
    await running


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m brickline_dev.services",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="the first of three ports (default: %(default)s)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(".brickline/services"),
        help="where data are kept (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    if not 1 <= options.port <= 65533:
        parser.error("--port must be from 1 to 65533")
    try:
        asyncio.run(_run_until_signalled(options.port, options.data.absolute()))
    except (DevelopmentError, EmbeddedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
