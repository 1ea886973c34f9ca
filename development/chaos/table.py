"""The report for people."""

from collections import Counter
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from chaos.report import Report, Spread


def show(report: Report) -> None:
    """Print the tables, then every violation."""
    console = Console(highlight=False)
    console.print(_faults(report))
    console.print(_account(report))
    for broken in report.broken:
        console.print(f"{broken.rule}: {broken.subject}: {broken.detail}", markup=False, soft_wrap=True)
    if report.broken:
        kinds = Counter(broken.rule for broken in report.broken)
        console.print(f"BROKEN: {_listed(kinds)}", markup=False, soft_wrap=True)
    else:
        console.print("Every accepted document is accounted for: nothing lost, nothing twice.")
    if report.data:
        console.print(f"Data and logs are in {report.data}", markup=False, soft_wrap=True)


def _faults(report: Report) -> Table:
    table = Table(title=f"Faults (seed {report.seed}); seconds: median / most")
    for column in ("fault", "injected", "down", "accepts again", "finishes again"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for fault in report.faults:
        times = map(_seconds, (fault.down_s, fault.accepted_s, fault.finished_s))
        table.add_row(fault.fault, str(fault.injected), *times)
    return table


def _account(report: Report) -> Table:
    table = Table(title="Account", show_header=False)
    rows = {
        "offered": f"{report.offered:,} documents at {report.rate:g}/s, in {report.offered_s:g} s",
        "accepted": f"{report.accepted:,}, the last after {report.load_s:g} s ({report.accepted_per_s:g}/s)",
        "retried": f"{report.retried:,} documents; failed requests: {_listed(report.failed_requests)}",
        "accepted to reported": f"{_seconds(report.finished_after_s)} s (median / most)",
        "settled": "NOT" if report.settled_s is None else f"{report.settled_s:g} s after the load",
        "reported": f"{report.reported:,}",
        "dead letters": f"{report.dead_letters:,}",
        "lost": f"{report.lost:,}",
        "effects": f"{report.effects_settled:,} settled, {report.effects_expected:,} expected",
        "duplicates absorbed": f"{sum(report.duplicates_absorbed.values()):,}: "
        f"{_listed(report.duplicates_absorbed)}",
        "attempts that failed": _listed(report.failed_attempts),
        "processes that ended": _listed(report.processes_ended),
        "errors logged": _listed(report.logged_errors),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _seconds(spread: Spread | None) -> str:
    return "-" if spread is None else f"{spread.median:.1f} / {spread.most:.1f}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"
