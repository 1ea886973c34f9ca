"""Run the three services as three processes, for development.

Without settings they get a PostgreSQL and a RabbitMQ of their own, which keep their data in
.brickline/services/; set BRICKLINE_DATABASE_URL or BRICKLINE_RABBITMQ_URL to use yours.
Ctrl-C drains and stops everything.
"""

import argparse
import asyncio
import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from brickline.embedded import EmbeddedError
from brickline_dev.api_key import api_key
from brickline_dev.backing import BROKER_VARIABLE, DATABASE_VARIABLE, Backing, backing
from brickline_dev.child import Child, Service
from brickline_dev.errors import DevelopmentError, ServiceError
from brickline_dev.ports import is_free

_EXAMPLES = """\
examples:
  python -m brickline_dev.services
  python -m brickline_dev.services --port 9000        (9000, 9001 and 9002)
  BRICKLINE_RABBITMQ_URL=amqp://guest:guest@127.0.0.1/ python -m brickline_dev.services
"""


def services(first_port: int) -> list[Service]:
    """Return the services in the order they start; they stop in it too, so that producers go first."""
    return [
        Service("ingestion_api", "brickline.http_api", first_port, "POST /documents, GET /jobs/{id}"),
        Service("analysis_worker", "brickline.rabbit_worker", first_port + 1, "GET /health"),
        Service(
            "reporting_api",
            "brickline.report_api",
            first_port + 2,
            "GET /documents/{id}/insights, GET /reports/themes",
        ),
    ]


async def run(wanted: Sequence[Service], directory: Path) -> None:
    """Run the services until cancelled, then drain them.

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
    print("Starting PostgreSQL and RabbitMQ, unless given ...", flush=True)
    async with backing(directory) as servers:
        environment = {"BRICKLINE_API_KEYS": keys, **servers.variables(), **_log_format()}
        children = [await Child.start(service, environment) for service in wanted]
        try:
            await _watch(children, [*_reached(servers), f"API key: {keys.split(',')[0].partition(':')[2]}"])
        finally:
            print("Draining ...", flush=True)
            await asyncio.gather(*(child.stop() for child in children))


def _reached(servers: Backing) -> list[str]:
    """Say where our own servers are, fit for a shell. A given one may hold a password: it is not told."""
    ours = {
        "Database": (DATABASE_VARIABLE, servers.database_url),
        "Broker": (BROKER_VARIABLE, servers.rabbitmq_url),
    }
    return [
        f"{name}: {f'as in {variable}' if os.environ.get(variable) else shlex.quote(url)}"
        for name, (variable, url) in ours.items()
    ]


async def _watch(children: Sequence[Child], notes: Sequence[str]) -> None:
    """Announce the services once they answer; raise when one ends."""
    ends = {asyncio.create_task(child.ended()): child.service.name for child in children}
    announcing = asyncio.create_task(_announce([child.service for child in children], notes))
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ended = ", ".join(f"{name} (exit code {task.result()})" for task, name in ends.items() if task.done())
        raise ServiceError(f"Ended, and should not have: {ended}. Its last lines are above.")
    finally:
        for task in (*ends, announcing):
            task.cancel()


async def _announce(wanted: Sequence[Service], notes: Sequence[str]) -> None:
    for service in wanted:
        await service.answering()
    for service in wanted:
        print(f"{service.address}  {service.name}: {service.answers}", flush=True)
    for note in notes:
        print(note, flush=True)
    print("Ctrl-C stops everything.", flush=True)


def _log_format() -> dict[str, str]:
    """Services write to us, not to the terminal: pass on what they would have found out themselves."""
    if sys.stdout.isatty() and "BRICKLINE_LOG_FORMAT" not in os.environ:
        return {"BRICKLINE_LOG_FORMAT": "console"}
    return {}


async def _run_until_signalled(first_port: int, directory: Path) -> None:
    running = asyncio.create_task(run(services(first_port), directory))

    def drain() -> None:
        if not running.cancelling():  # a second Ctrl-C must not cut the draining short
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, drain)
    with contextlib.suppress(asyncio.CancelledError):
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
