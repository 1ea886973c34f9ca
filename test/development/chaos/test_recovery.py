from uuid import uuid4

from chaos.evidence import JobRow
from chaos.faults import Fault
from chaos.injecting import InjectedFault
from chaos.ledger import Accepted
from chaos.recovery import recoveries


def accepted(asked_at: float, accepted_at: float) -> Accepted:
    return Accepted("key", uuid4(), uuid4(), uuid4(), asked_at, accepted_at)


def reported(one: Accepted, at: float) -> JobRow:
    return JobRow(one.job_id, "reported", at)


FAULT = InjectedFault(Fault.KILL_API, "ingestion_api", at=100, over_at=101)


def test_only_what_was_sent_after_the_fault_shows_that_it_is_over() -> None:
    before, slow, quick = accepted(99, 100.5), accepted(101, 104), accepted(102, 103)
    jobs = {
        before.document_id: reported(before, 101),
        slow.document_id: reported(slow, 106),
        quick.document_id: reported(quick, 107.5),
    }
    (recovery,) = recoveries([FAULT], [quick, before, slow], jobs)
    assert (recovery.accepted_s, recovery.finished_s) == (3, 6)


def test_where_nothing_came_after_the_fault_there_is_no_figure() -> None:
    (recovery,) = recoveries([FAULT], [accepted(99, 99.5)], {})
    assert (recovery.accepted_s, recovery.finished_s) == (None, None)


def test_a_document_that_was_not_reported_shows_no_end() -> None:
    one = accepted(101, 102)
    (recovery,) = recoveries([FAULT], [one], {one.document_id: JobRow(one.job_id, "analysed", 103)})
    assert (recovery.accepted_s, recovery.finished_s) == (2, None)
