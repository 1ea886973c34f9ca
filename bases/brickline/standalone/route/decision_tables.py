"""Decisions of the router as a person reads them, on stdout."""

from collections.abc import Sequence

from rich.text import Text

from brickline.budget import Entry
from brickline.llm_routing import Candidate, Decision, Exclusion
from brickline.standalone.money import usd
from brickline.standalone.plain import at, counted, lines, print_rows, say
from brickline.standalone.route.explained import Explained, decision_of


def show(explained: Explained) -> None:
    """Print candidates and exclusions."""
    task, decision = explained.task, explained.decision
    say(
        f"Task {task.name}, a text of about {explained.text_tokens:,} tokens: at most "
        f"{decision.input_tokens:,} tokens in, with prompt and schema, and {task.max_output_tokens:,} out."
    )
    _show_decision(decision)
    if not explained.live:
        say(
            "No database of services is at hand, so every model is taken to be well, and no latency is "
            "known: name one with --data or --database-url."
        )


def show_calls(calls: Sequence[Entry]) -> None:
    """Print what was decided for each call."""
    say(f"Event {calls[0].event_id} of {calls[0].tenant}: {counted(len(calls), 'call')}")
    for call in calls:
        cost = f", {usd(call.cost_micros)}" if call.cost_micros else ""
        say(
            f"\n{at(call.opened_at)}  {call.step}, attempt {call.attempt}: {call.model}, "
            f"{call.outcome or call.state}{cost} (call {call.entry_id})"
        )
        decision = decision_of(call)
        if decision is None:
            say("How it was decided is not stored with it.")
        else:
            _show_decision(decision)


def _show_decision(decision: Decision) -> None:
    if decision.ranking:
        columns = ("", "Model", "Score", "Expected", "At worst", "Latency", "Quality")
        print_rows(columns, [_row(rank, each) for rank, each in enumerate(decision.ranking, start=1)])
    else:
        say("No model can take it.")
    if decision.exclusions:
        rows = [(lines(each.name), lines(each.reason), lines(_until(each))) for each in decision.exclusions]
        print_rows(("Left out", "Why", "Until"), rows)


def _row(rank: int, candidate: Candidate) -> Sequence[Text]:
    model, (cost, latency, quality) = candidate.model, candidate.parts
    took = "not known" if candidate.latency_s is None else f"{candidate.latency_s:.3f} s"
    return (
        lines(str(rank)),
        lines(model.name, " ".join(dict.fromkeys((model.provider.value, model.model)))),
        lines(
            f"{candidate.score:.3f}", f"cost {cost:.3f}", f"latency {latency:.3f}", f"quality {quality:.3f}"
        ),
        lines(usd(candidate.expected_cost_micros)),
        lines(usd(candidate.cost_micros)),
        lines(took),
        lines(f"{candidate.quality:g}"),
    )


def _until(exclusion: Exclusion) -> str:
    return "-" if exclusion.until is None else at(exclusion.until)
