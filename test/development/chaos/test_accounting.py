"""The account is worth something only if it can find fault: each rule is shown a run that breaks it."""

import time
from dataclasses import replace
from uuid import uuid4

import pytest

from chaos.accounting import EFFECTS, account
from chaos.books import TOPICS, Books
from chaos.evidence import DeadLetterRow, Evidence, JobRow, OutboxRow, SettledRow, Tables
from chaos.ledger import Accepted, Ledger
from chaos.logs import LogTally
from chaos.supervised import Ended

TOPIC, GROUPS = next(iter(TOPICS.items()))
GROUP = min(GROUPS)


def document(number: int) -> Accepted:
    now = time.time()
    return Accepted(f"chaos-{number}", uuid4(), uuid4(), uuid4(), now, now)


def kept(*accepted: Accepted) -> Tables:
    """What the tables hold of documents that ended well."""
    return Tables(
        documents=frozenset(one.document_id for one in accepted),
        jobs={one.document_id: JobRow(one.job_id, "reported", time.time()) for one in accepted},
        reports={one.document_id: True for one in accepted},
        analyses={one.document_id: (1, 1) for one in accepted},
        settled=tuple(row for one in accepted for row in _settled(one)),
        effects={
            one.document_id: {effect: max(times) for effect, times in EFFECTS.items()} for one in accepted
        },
    )


def _settled(one: Accepted) -> list[SettledRow]:
    events = {topic: uuid4() for topic in TOPICS}
    return [
        SettledRow(group, topic, events[topic], one.trace_id)
        for topic, groups in TOPICS.items()
        for group in groups
    ]


def found(
    tables: Tables, *accepted: Accepted, ledger: Ledger | None = None, **evidence: object
) -> list[tuple[str, str]]:
    """Rule and text of every violation."""
    books = Books(ledger or Ledger(list(accepted)), replace(Evidence(tables), **evidence))
    return [(violation.rule, f"{violation.subject}: {violation.detail}") for violation in account(books)]


@pytest.fixture
def good() -> Accepted:
    return document(1)


@pytest.fixture
def bad() -> Accepted:
    return document(2)


@pytest.fixture
def tables(good: Accepted, bad: Accepted) -> Tables:
    return kept(good, bad)


def only(violations: list[tuple[str, str]], rule: str, *said: object) -> None:
    """Check that there is one violation, of this rule, and that it names all this."""
    assert [violation[0] for violation in violations] == [rule]
    for word in said:
        assert str(word) in violations[0][1]


def test_documents_that_left_every_trace_once_break_no_rule(
    good: Accepted, bad: Accepted, tables: Tables
) -> None:
    assert found(tables, good, bad) == []


def test_an_accepted_document_of_which_nothing_is_known_is_lost(good: Accepted, bad: Accepted) -> None:
    only(found(kept(good), good, bad), "lost", bad.document_id, bad.trace_id.hex, "settled by no group")


def test_a_lost_document_is_named_with_how_far_it_came(good: Accepted, bad: Accepted, tables: Tables) -> None:
    row = OutboxRow("analysis", uuid4(), "analysis.completed", bad.trace_id, "nobody is bound")
    settled = (
        *(row for row in tables.settled if row.trace_id == good.trace_id),
        SettledRow("analysis", "data.processed", uuid4(), bad.trace_id),
    )
    stuck = replace(
        tables, reports={good.document_id: True, bad.document_id: False}, settled=settled, outboxes=(row,)
    )
    lost, left = found(stuck, good, bad)
    only([lost], "lost", bad.document_id, "settled by analysis; in the outbox of analysis: nobody is bound")
    only([left], "left in the outbox of analysis", row.event_id)


@pytest.mark.parametrize("effect", list(EFFECTS))
def test_an_effect_that_was_committed_once_too_often_is_named(
    good: Accepted, bad: Accepted, tables: Tables, effect: str
) -> None:
    times = max(EFFECTS[effect]) + 1
    doubled = {**tables.effects, bad.document_id: {**tables.effects[bad.document_id], effect: times}}
    violations = found(replace(tables, effects=doubled), good, bad)
    only(violations, "effect not exactly once", bad.document_id, f"{effect}: {times} times")


def test_an_effect_that_is_missing_is_named(good: Accepted, bad: Accepted, tables: Tables) -> None:
    without = {**tables.effects, bad.document_id: {**tables.effects[bad.document_id], "analysed": 0}}
    only(
        found(replace(tables, effects=without), good, bad),
        "effect not exactly once",
        bad.document_id,
        "analysed: 0 times",
    )


def test_a_part_that_was_counted_twice_is_named(good: Accepted, bad: Accepted, tables: Tables) -> None:
    counted = replace(tables, analyses={**tables.analyses, bad.document_id: (1, 2)})
    only(found(counted, good, bad), "effect not exactly once", bad.document_id, "2 parts counted of 1")


def test_two_events_where_one_was_due_are_both_named(good: Accepted, bad: Accepted, tables: Tables) -> None:
    again = SettledRow(GROUP, TOPIC, uuid4(), bad.trace_id)
    published, settled = found(replace(tables, settled=(*tables.settled, again)), good, bad)
    only([published], "published twice", bad.document_id, TOPIC, again.event_id)
    only([settled], "not settled exactly once", bad.document_id, f"{GROUP} settled {TOPIC} 2 times")


def test_a_group_that_never_settled_an_event_is_named(good: Accepted, bad: Accepted, tables: Tables) -> None:
    settled = tuple(row for row in tables.settled if (row.group_id, row.trace_id) != (GROUP, bad.trace_id))
    violations = found(replace(tables, settled=settled), good, bad)
    only(violations, "not settled exactly once", bad.document_id, f"{GROUP} settled {TOPIC} 0 times")


@pytest.mark.parametrize("job", [None, "analysed", "another's"])
def test_a_job_that_is_not_completed_is_named(
    good: Accepted, bad: Accepted, tables: Tables, job: str | None
) -> None:
    jobs = dict(tables.jobs)
    del jobs[bad.document_id]
    if job == "analysed":
        jobs[bad.document_id] = JobRow(bad.job_id, "analysed", 0)
    elif job:
        jobs[bad.document_id] = JobRow(uuid4(), "reported", 0)
    only(found(replace(tables, jobs=jobs), good, bad), "job not completed", bad.document_id)


def test_a_dead_letter_is_an_end_and_yet_a_violation(good: Accepted, bad: Accepted) -> None:
    letter = DeadLetterRow(uuid4(), "analysis", "data.processed", bad.trace_id, "exhausted", "refused")
    violations = found(replace(kept(good), dead_letters=(letter,)), good, bad)
    only(violations, "dead letter, and no document was bad", letter.dead_letter_id, "exhausted", "refused")


def test_a_document_that_no_answer_named_was_accepted_twice(
    good: Accepted, bad: Accepted, tables: Tables
) -> None:
    stranger = uuid4()
    only(
        found(replace(tables, documents=tables.documents | {stranger}), good, bad), "accepted twice", stranger
    )


def test_what_is_left_in_a_queue_is_named(good: Accepted) -> None:
    violations = found(kept(good), good, queues={"brickline.analysis": 0, "brickline.analysis.dead": 2})
    only(violations, "left in a queue", "brickline.analysis.dead", "2 messages")


def test_answers_that_no_fault_explains_and_requests_without_end_are_named(good: Accepted) -> None:
    ledger = Ledger([good], refused=["chaos-5: 422 too long"], never_accepted=["chaos-6"])
    refused, never = found(kept(good), ledger=ledger)
    only([refused], "refused without a fault", "chaos-5", "422")
    only([never], "never accepted", "chaos-6")


def test_a_kill_and_a_refusal_to_start_are_expected_but_no_other_end(good: Accepted) -> None:
    def ended(by: str) -> Ended:
        return Ended("analysis_worker", 0, 1, by)

    expected = (ended("kill"), ended("itself before it was ready"))
    assert found(kept(good), good, ended=expected) == []
    violations = found(kept(good), good, ended=(*expected, ended("itself")))
    only(violations, "a service ended by itself", "analysis_worker", "exit code 1")


def test_a_service_that_crashed_or_did_not_drain_or_is_not_ready_is_named(good: Accepted) -> None:
    unready, undrained, crashed = found(
        kept(good),
        good,
        unready={"reporting_api": "relay: away"},
        drained={"ingestion_api": 0, "analysis_worker": 1},
        logs=LogTally(tracebacks=("ingestion_api.log:7",)),
    )
    only([unready], "not ready at the end", "reporting_api", "relay: away")
    only([undrained], "a service did not drain", "analysis_worker", "exit code 1")
    only([crashed], "a service crashed", "ingestion_api.log:7")


def test_every_fault_of_many_documents_is_named() -> None:
    lost = [document(number) for number in range(50)]
    named = {text for rule, text in found(Tables(), *lost) if rule == "lost"}
    assert len(named) == 50
    assert all(any(str(one.document_id) in text for text in named) for one in lost)
