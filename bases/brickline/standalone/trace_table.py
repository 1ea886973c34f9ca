"""A trace as a person reads it, on stdout."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from brickline.events import (
    AttemptFailed,
    DeadLettered,
    Discarded,
    Published,
    Replayed,
    Settled,
    Waiting,
)
from brickline.standalone.render import Output
from brickline.standalone.trace import Step, Trace
from brickline.standalone.trace_calls import Called
from brickline.standalone.trace_jobs import Accepted, Done

_STYLES = {"attempt failed": "yellow", "dead letter": "red", "waiting": "cyan", "done": "green"}


def show_trace(trace: Trace) -> None:
    """Print one row for each step, then why the trace does not get on."""
    services = {step.service for step in trace.steps}
    table = Table(
        title=f"Trace {trace.trace_id} from {trace.started_at:%Y-%m-%d %H:%M:%S.%fZ}",
        caption=f"{len(trace.steps)} steps, {len(services)} services",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("After s", justify="right", no_wrap=True)
    table.add_column("Service", no_wrap=True)
    table.add_column("What", overflow="fold")
    table.add_column("Detail", overflow="fold", ratio=1)
    for step in trace.steps:
        elapsed = _after(step.at, trace.started_at)
        what = Text(step.what, _STYLES.get(step.what, ""))
        # Text, not str: what a document or an error says is not markup.
        table.add_row(elapsed, _plain(step.service), what, _plain(_detail(step, trace.started_at)))
    console = Output()
    console.print(table)
    for note in trace.notes:
        console.print(_plain(note))


def _detail(step: Step, start: datetime) -> str:
    match step:
        case Accepted():
            return f"{step.title}\ndocument {step.document_id}\njob {step.job_id}"
        case Published():
            return f"{step.topic}\nevent {step.event_id}"
        case Settled():
            return (
                f"{_about(step)}, attempt {step.attempt}, {step.after_s:.3f} s after it was published, "
                f"handler {step.handler_ms:.1f} ms"
            )
        case Called():
            tokens = f", {step.input_tokens} + {step.output_tokens} tokens" if step.input_tokens else ""
            why = f"\n{step.detail}" if step.detail else ""
            cost = f", ${step.cost_micros / 1_000_000:.6f}" if step.cost_micros else ""
            how = step.outcome or step.state
            return f"{step.step}: {step.model}, {how}, {step.duration_ms:.1f} ms{tokens}{cost}{why}"
        case AttemptFailed():
            then = "given up" if step.again_at is None else f"again at {_after(step.again_at, start)} s"
            return f"{_about(step)}, attempt {step.attempt}, {step.failure}, {then}\n{step.error}"
        case DeadLettered() | Replayed() | Discarded():
            return f"{_about(step)}, {_letter(step)}\ndead letter {step.dead_letter_id}"
        case Waiting():
            return f"{_about(step)}, attempt {step.attempt}, {_waiting(step)}"
        case Done():
            return f"job {step.job_id}: {step.state}, documents: {step.documents}"


def _about(step: Settled | AttemptFailed | DeadLettered | Replayed | Discarded | Waiting) -> str:
    return f"{step.group_id or 'every group'}: {step.topic}"


def _letter(step: DeadLettered | Replayed | Discarded) -> str:
    match step:
        case DeadLettered():
            counted = f"{step.reason}, attempts: {step.attempts}"
            return f"{counted}, fingerprint {step.fingerprint}\n{step.error}"
        case Replayed():
            return f"edited, by {step.by}" if step.edited else f"by {step.by}"
        case Discarded():
            return f"by {step.by}: {step.reason}"


def _waiting(step: Waiting) -> str:
    state = {
        "later": f"due at {step.at:%Y-%m-%d %H:%M:%S}Z",
        "due": f"due, not sent since {step.since:%Y-%m-%d %H:%M:%S}Z: does the service run?",
        "sending": "being sent",
    }[step.state]
    reason = f"\n{step.waiting_for}" if step.waiting_for else ""
    return state + reason


def _after(moment: datetime, start: datetime) -> str:
    return f"{(moment - start).total_seconds():.3f}"


def _plain(text: str) -> Text:
    """Show no character that a terminal would obey."""
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return Text(shown)
