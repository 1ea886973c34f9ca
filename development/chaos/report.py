"""The outcome in figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

from chaos.accounting import Violation, account
from chaos.books import TOPICS
from chaos.evidence import FailedAttempts
from chaos.faults import Fault
from chaos.recovery import Recovery, recoveries
from chaos.run import Outcome


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Spread(_Frozen):
    """Seconds: the middle and the worst."""

    median: float
    most: float


class FaultFigures(_Frozen):
    """What one kind of fault did."""

    fault: str
    injected: int
    down_s: Spread | None
    """How long it took to have the server started again."""
    accepted_s: Spread | None
    """From the fault until a document that was sent after it was accepted."""
    finished_s: Spread | None
    """From the fault until a document that was sent after it was reported."""


class Broken(_Frozen):
    """A promise that was not kept."""

    rule: str
    subject: str
    detail: str


class Report(_Frozen):
    """Everything a reader needs to judge the run; `good` if every promise was kept."""

    good: bool
    seed: int
    seconds: float
    rate: float
    offered_s: float
    load_s: float
    """Until the last document was accepted."""
    settled_s: float | None
    offered: int
    accepted: int
    accepted_per_s: float
    retried: int
    """Documents that took more than one request."""
    failed_requests: dict[str, int]
    """Requests that were answered with 5xx or not at all, by status or error."""
    finished_after_s: Spread | None
    """From a document's acceptance to its report."""
    faults: tuple[FaultFigures, ...]
    reported: int
    dead_letters: int
    lost: int
    effects_expected: int
    """One for each accepted document and each group that is told of it."""
    effects_settled: int
    duplicates_absorbed: dict[str, int]
    """Redundant deliveries that were recognised and skipped, by group."""
    failed_attempts: dict[str, int]
    """Attempts that failed and were counted, by group, class of failure and error."""
    processes_ended: dict[str, int]
    logged_errors: dict[str, int]
    broken: tuple[Broken, ...]
    data: str | None = None
    """Where data and logs were kept."""


def report_on(outcome: Outcome) -> Report:
    """Do the accounts."""
    books, ledger, evidence = outcome.books, outcome.books.ledger, outcome.books.evidence
    violations = list(account(books))
    if outcome.settled_s is None:
        within = f"nothing moved for {outcome.options.patience_s:g} s"
        violations.insert(0, Violation("not settled", "documents, outboxes or queues", within))
    jobs = evidence.tables.jobs
    recovered = recoveries(outcome.faults, ledger.accepted, jobs)
    waits = [
        job.updated_at - one.accepted_at
        for one in ledger.accepted
        if (job := jobs.get(one.document_id)) is not None and job.state == "reported"
    ]
    return Report(
        good=not violations,
        seed=outcome.options.seed,
        seconds=outcome.options.seconds,
        rate=outcome.options.rate,
        offered_s=outcome.offered_s,
        load_s=outcome.load_s,
        settled_s=outcome.settled_s,
        offered=ledger.offered,
        accepted=len(ledger.accepted),
        accepted_per_s=round(len(ledger.accepted) / outcome.load_s, 1),
        retried=ledger.retried,
        failed_requests=dict(ledger.outcomes),
        finished_after_s=_spread(waits),
        faults=tuple(_figures(fault, recovered) for fault in Fault),
        reported=sum(map(books.has_insights, ledger.accepted)),
        dead_letters=len(evidence.tables.dead_letters),
        lost=len(books.lost),
        effects_expected=len(ledger.accepted) * sum(map(len, TOPICS.values())),
        effects_settled=len(evidence.tables.settled),
        duplicates_absorbed=dict(evidence.logs.duplicates),
        failed_attempts={_named(row): row.times for row in evidence.tables.attempts},
        processes_ended=dict(Counter(f"{ended.service} by {ended.by}" for ended in evidence.ended)),
        logged_errors=dict(evidence.logs.errors),
        broken=tuple(Broken(rule=v.rule, subject=v.subject, detail=v.detail) for v in violations),
    )


def _named(row: FailedAttempts) -> str:
    first_line = row.error.partition("\n")[0]
    return f"{row.group_id}: {row.failure}: {first_line}"


def _figures(fault: Fault, recovered: Sequence[Recovery]) -> FaultFigures:
    of_kind = [recovery for recovery in recovered if recovery.fault.fault is fault]
    return FaultFigures(
        fault=fault.value,
        injected=len(of_kind),
        down_s=_spread(recovery.fault.over_at - recovery.fault.at for recovery in of_kind),
        accepted_s=_spread(recovery.accepted_s for recovery in of_kind),
        finished_s=_spread(recovery.finished_s for recovery in of_kind),
    )


def _spread(seconds: Iterable[float | None]) -> Spread | None:
    known = [each for each in seconds if each is not None]
    return Spread(median=round(median(known), 2), most=round(max(known), 2)) if known else None
