"""Tier 0: how far the documents of one submission are, from the events that tell of them."""

from brickline.jobs.consumers import DocumentAnalysed, DocumentFailed, DocumentReported, DocumentWaiting
from brickline.jobs.job import DocumentProgress, Job, Wait
from brickline.jobs.store import MIGRATIONS, open_job, read_job

__all__ = [
    "MIGRATIONS",
    "DocumentAnalysed",
    "DocumentFailed",
    "DocumentProgress",
    "DocumentReported",
    "DocumentWaiting",
    "Job",
    "Wait",
    "open_job",
    "read_job",
]
