"""What a drill found, as a person reads it, on stdout."""

from rich.table import Table
from rich.text import Text

from brickline.drill import PAUSES_AT, Broken, Incident
from brickline.standalone.plain import plain, say
from brickline.standalone.render import Output


def show_incident(found: Incident) -> None:
    """Print the incident then and now, every figure beside what it must be, and how long it took."""
    output = Output()
    output.print(_then_and_now(found))
    output.print(_figures(found))
    say(_why_so_many(found))
    if not found.broken.ready:
        say(f"Readiness said: {found.broken.readiness}.")
    phases = [(phase, seconds) for phase, seconds in found.seconds.items() if phase != "total"]
    say("Took " + ", ".join(f"{seconds:.1f} s to {phase}" for phase, seconds in phases) + ".")
    if found.passed:
        say(f"Every figure is as it must be. {found.seconds['total']:.1f} s in all.")


def _then_and_now(found: Incident) -> Table:
    then, mended = found.then, found.mended
    table = Table(title="The incident", title_justify="left")
    table.add_column("")
    table.add_column("Then, as recorded", overflow="fold")
    table.add_column(f"Now, measured with {found.events:,}", overflow="fold")
    table.add_row("Failed", f"{then.failed_in_silence:,} tasks", f"{found.broken.dead_letters:,} events")
    table.add_row("Alarm", "none: they failed in silence", _alarm(found.broken))
    table.add_row(
        "Paid twice",
        f"${then.paid_a_second_time_usd} of tokens",
        f"{mended.llm_calls_repeated:,} of {mended.llm_calls:,} LLM calls",
    )
    return table


def _alarm(broken: Broken) -> str:
    if broken.paused_after_s is None:
        return "as dead letters: too few for a pause"
    return f"group paused after {broken.paused_after_s:.2f} s, readiness {'green' if broken.ready else 'red'}"


def _why_so_many(found: Incident) -> str:
    letters = found.broken.dead_letters
    told = "1 dead letter" if letters == 1 else f"{letters:,} dead letters"
    if found.events < PAUSES_AT:
        return f"{told}, and no pause: that wants {PAUSES_AT} events in a row that cannot be read."
    return f"{told}: the {PAUSES_AT}th pauses the group, and waits unharmed with the others."


def _figures(found: Incident) -> Table:
    table = Table(title="The figures", title_justify="left")
    table.add_column("Figure", overflow="fold")
    table.add_column("Measured", justify="right")
    table.add_column("Must be", justify="right")
    table.add_column("")
    for check in found.checks:
        mark = Text("ok", "green") if check.ok else Text("NOT SO", "bold red")
        table.add_row(plain(check.figure), check.measured, check.wanted, mark)
    return table
