"""`python -m chaos`: break everything under load, then account for every document."""

import argparse
import asyncio
import random
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from brickline.embedded import EmbeddedError
from brickline_dev.errors import DevelopmentError
from chaos.errors import ChaosError
from chaos.progress import Progress
from chaos.report import Report, report_on
from chaos.run import Options, Outcome, play
from chaos.table import show

_DESCRIPTION = """\
Run the three services on a RabbitMQ and a PostgreSQL of their own, post documents, and meanwhile kill -9 the
services, stop and kill the broker, restart PostgreSQL and cut connections. Then account for every document
that was accepted: the exit code is 0 if each ended visibly and had every effect exactly once, 1 if not, and 2
if the run could not be made.
"""
_EXAMPLES = """\
examples:
  python -m chaos
  python -m chaos --seconds 20 --seed 7
  python -m chaos --seconds 600 --rate 80 --json chaos.json
"""
_PATIENCE = "give up when, after the faults, nothing has moved for so many seconds (%(default)g)"
_DATA = "an empty folder that keeps data and logs (a temporary one, which is kept if something is wrong)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    options = Options(given.seconds, given.rate, given.seed, given.patience)
    if given.data and given.data.exists() and (not given.data.is_dir() or any(given.data.iterdir())):
        parser.error(f"--data: {given.data} is not an empty folder; choose another")
    if given.json and (problem := _unwritable(given.json)):
        parser.error(f"--json: {given.json} cannot be written ({problem}); choose another file")
    directory = given.data or Path(mkdtemp(prefix="brickline-chaos-"))
    print(f"seed {options.seed}, data in {directory}", file=sys.stderr, flush=True)
    try:
        report = _report(asyncio.run(_play(options, directory)), directory, keep=given.data is not None)
    except (ChaosError, DevelopmentError, EmbeddedError) as error:
        print(f"error: {error}\nData and logs are in {directory}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError) as ending:
        print(f"Stopped. Data and logs are in {directory}", file=sys.stderr)
        return 128 + (signal.SIGINT if isinstance(ending, KeyboardInterrupt) else signal.SIGTERM)
    if given.json:
        text = report.model_dump_json(indent=2)
        print(text) if str(given.json) == "-" else given.json.write_text(text + "\n")
    if str(given.json) != "-":
        show(report)
    return 0 if report.good else 1


def _unwritable(file: Path) -> str | None:
    """Return why the figures could not be written in the end, or None."""
    try:
        if str(file) == "-" or file.is_fifo() or file.is_char_device():  # a pipe can be opened once only
            return None
        is_new = not file.exists()
        file.open("a").close()
        if is_new:
            file.unlink()
    except OSError as error:
        return error.strerror
    return None


async def _play(options: Options, directory: Path) -> Outcome:
    progress = Progress()
    playing = asyncio.current_task()
    if playing is not None:  # asked to end, it stops what it has started, as on Ctrl-C
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    try:
        return await play(options, directory, progress)
    finally:
        progress.stop()


def _report(outcome: Outcome, directory: Path, *, keep: bool) -> Report:
    """Do the accounts, and keep data and logs if something is wrong with them."""
    report = report_on(outcome)
    if report.good and not keep:
        shutil.rmtree(directory, ignore_errors=True)
        return report
    report = report.model_copy(update={"data": str(directory)})
    (directory / "report.json").write_text(report.model_dump_json(indent=2) + "\n")
    lines = [
        f"{one.accepted_at:.3f} {one.key} {one.document_id} {one.trace_id.hex}\n"
        for one in outcome.books.ledger.accepted
    ]
    (directory / "accepted.txt").write_text("".join(lines))
    faults = [f"{one.at:.3f} {one.over_at:.3f} {one.fault} {one.target}\n" for one in outcome.faults]
    (directory / "faults.txt").write_text("".join(faults))
    return report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m chaos",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    seed = random.randrange(10**6)  # noqa: S311 - printed, so that it can be given again
    add = parser.add_argument
    add("--seconds", type=_positive, default=120.0, help="how long the load lasts at least (%(default)g)")
    add("--rate", type=_positive, default=50.0, help="documents offered per second (%(default)g)")
    add("--seed", type=int, default=seed, help="of the faults; the same seed plans the same (any)")
    add("--patience", type=_positive, default=120.0, metavar="S", help=_PATIENCE)
    add("--data", type=Path, metavar="DIR", help=_DATA)
    add("--json", type=Path, metavar="FILE", help="write the figures there, too; - for stdout, and no tables")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("is to be more than 0")
    return value
