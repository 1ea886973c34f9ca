"""What a drill found: every figure measured on the run, except `Then`, which is history."""

from pydantic import BaseModel, ConfigDict


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Then(_Record):
    """What the founding incident cost, as it was recorded."""

    failed_in_silence: int = 14_000
    paid_a_second_time_usd: int = 450


class Broken(_Record):
    """After the gateway was updated and the worker was not, once everything had come to rest."""

    accepted: int
    paused: bool
    paused_after_s: float | None
    """From the first document accepted to the pause, by the database's clock."""
    readiness: str
    """What a probe of the worker's readiness was told."""
    ready: bool
    dead_letters: int
    waiting: int
    """In the gateway's outbox, unharmed."""
    lost: int
    """Accepted, and neither waiting nor a dead letter."""
    llm_calls: int


class Mended(_Record):
    """After a worker that reads the new field was deployed, and the dead letters were replayed."""

    pause_ended: bool
    """By itself, at the start of the worker."""
    ready: bool
    canaries_settled: int
    replayed: int
    replay_rate: float
    """Letters a second, after the canary."""
    settled: int
    """Rows in the inbox of the worker's group."""
    llm_calls: int
    llm_calls_repeated: int
    """With a text that had been sent before."""
    analysed: int
    """Rows of insights in the worker's own tables."""
    report_events: int
    """Finished analyses that the reports have settled: more than documents if one was done twice."""
    reports: int
    jobs_reported: int
    open_dead_letters: int
    """Of any service."""
    waiting: int
    """In any outbox."""


class Check(_Record):
    """One figure, and what it must be."""

    figure: str
    wanted: str
    measured: str
    ok: bool


class Incident(_Record):
    """A whole drill."""

    events: int
    then: Then = Then()
    broken: Broken
    mended: Mended
    seconds: dict[str, float]
    """How long each phase took, and all of it as `total`."""
    checks: tuple[Check, ...]
    passed: bool
