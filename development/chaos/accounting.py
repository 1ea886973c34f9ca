"""Accounting for every accepted document: what must hold whatever was killed, stopped or cut."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chaos.books import TOPICS, Books
from chaos.ledger import Accepted

EFFECTS: Mapping[str, tuple[int, ...]] = {
    "stored": (1,),
    "job opened": (1,),
    "analysed": (1,),
    "analysis counted": (1,),
    "progress or insights recorded": (2,),  # one of each
    "job told of the analysis": (0, 1),  # none where the report came first
    "job told of the report": (1,),
}
"""How often each effect of a document has to have been committed."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept, and by which document, event, queue or process."""

    rule: str
    subject: str
    detail: str


def account(books: Books) -> tuple[Violation, ...]:
    """Return every promise that was not kept; none in a good run."""
    return tuple(violation for rule in _RULES for violation in rule(books))


def _lost(books: Books) -> Iterator[Violation]:
    for accepted in books.lost:
        groups = sorted(row.group_id for row in books.settled.get(accepted.trace_id, ()))
        waiting = [row for row in books.evidence.tables.outboxes if row.trace_id == accepted.trace_id]
        outbox = f"; in the outbox of {waiting[0].service}: {waiting[0].waiting_for}" if waiting else ""
        detail = f"settled by {', '.join(groups) or 'no group'}{outbox}"
        yield Violation("lost", _named(accepted), detail)


def _never_accepted(books: Books) -> Iterator[Violation]:
    for refused in books.ledger.refused:
        yield Violation("refused without a fault", refused, "only 5xx and broken connections are expected")
    for key in books.ledger.never_accepted:
        yield Violation("never accepted", key, "not within the time after the last fault")


def _accepted_twice(books: Books) -> Iterator[Violation]:
    """A document that no answer names was stored for a request whose repetition stored another."""
    told = {accepted.document_id for accepted in books.ledger.accepted}
    stored = books.evidence.tables.documents
    if books.ledger.never_accepted or books.ledger.refused:  # some may be theirs
        return
    for document_id in stored - told:
        yield Violation("accepted twice", str(document_id), "is stored, but no 202 named it")


def _dead_letters(books: Books) -> Iterator[Violation]:
    for row in books.evidence.tables.dead_letters:
        first_line = row.error.partition("\n")[0]
        detail = f"{row.group_id} gave up {row.topic} ({row.reason}): {first_line}"
        yield Violation("dead letter, and no document was bad", str(row.dead_letter_id), detail)


def _effects(books: Books) -> Iterator[Violation]:
    for accepted in books.well:
        effects = books.evidence.tables.effects.get(accepted.document_id, {})
        for effect, allowed in EFFECTS.items():
            times = effects.get(effect, 0)
            if times not in allowed:
                wanted = " or ".join(map(str, allowed))
                detail = f"{effect}: {times} times instead of {wanted}"
                yield Violation("effect not exactly once", _named(accepted), detail)
        parts, done = books.evidence.tables.analyses.get(accepted.document_id, (0, 0))
        if (parts, done) != (1, 1):
            detail = f"{done} parts counted of {parts}"
            yield Violation("effect not exactly once", _named(accepted), detail)


def _events(books: Books) -> Iterator[Violation]:
    """Each event of a document exists once, and each of its groups has settled it once."""
    for accepted in books.well:
        rows = books.settled.get(accepted.trace_id, ())
        for topic, groups in TOPICS.items():
            of_topic = [row for row in rows if row.topic == topic]
            events = sorted({str(row.event_id) for row in of_topic})
            if len(events) > 1:
                detail = f"{topic} is {len(events)} events: {', '.join(events)}"
                yield Violation("published twice", _named(accepted), detail)
            for group in sorted(groups):
                times = sum(row.group_id == group for row in of_topic)
                if times != 1:
                    detail = f"{group} settled {topic} {times} times"
                    yield Violation("not settled exactly once", _named(accepted), detail)


def _jobs(books: Books) -> Iterator[Violation]:
    for accepted in books.well:
        job = books.evidence.tables.jobs.get(accepted.document_id)
        if job is None or job.job_id != accepted.job_id or job.state != "reported":
            detail = "no such job" if job is None else f"job {job.job_id} is {job.state}"
            yield Violation("job not completed", _named(accepted), detail)


def _left_over(books: Books) -> Iterator[Violation]:
    for row in books.evidence.tables.outboxes:
        detail = f"{row.topic}: {row.waiting_for or 'due'}"
        yield Violation(f"left in the outbox of {row.service}", str(row.event_id), detail)
    for queue, messages in books.evidence.queues.items():
        if messages:
            yield Violation("left in a queue", queue, f"{messages} messages")


def _processes(books: Books) -> Iterator[Violation]:
    for ended in books.evidence.ended:
        if ended.by == "itself":
            yield Violation("a service ended by itself", ended.service, f"exit code {ended.exit_code}")
    for service, why in books.evidence.unready.items():
        yield Violation("not ready at the end", service, why)
    for service, exit_code in books.evidence.drained.items():
        if exit_code:
            yield Violation("a service did not drain", service, f"exit code {exit_code}")
    for where in books.evidence.logs.tracebacks:
        yield Violation("a service crashed", where, "ended by an exception that was not foreseen")


def _named(accepted: Accepted) -> str:
    return f"document {accepted.document_id} (trace {accepted.trace_id.hex})"


_RULES: tuple[Callable[[Books], Iterator[Violation]], ...] = (
    _lost,
    _never_accepted,
    _accepted_twice,
    _dead_letters,
    _effects,
    _events,
    _jobs,
    _left_over,
    _processes,
)
