"""What the ledger knows of a call."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import asyncpg
from pydantic import JsonValue


class State(StrEnum):
    """How far a call is."""

    RESERVED = "reserved"
    """Its worst case is held; it has certainly not been made."""
    DISPATCHED = "dispatched"
    """It may be made at any moment, or has been."""
    SETTLED = "settled"
    """What it cost is known, and spent."""
    RELEASED = "released"
    """It was not billed, and holds nothing any more."""
    AMBIGUOUS = "ambiguous"
    """It may have been billed and nobody knows: its worst case stays held until somebody says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt at a call. Amounts are in micro-dollars, times of the database's clock."""

    entry_id: int
    tenant: str
    event_id: UUID
    step: str
    attempt: int
    trace_id: str
    model: str
    state: State
    outcome: str | None
    """How it ended, in a word; "expired" where its worker was not heard of again. None: in hand."""
    reserved_micros: int
    """What is, or was, held for it."""
    cost_micros: int | None
    """What it cost; None unless it is settled."""
    saved_micros: int
    """What would have been spent without the answer that was there already."""
    fingerprint: bytes | None
    note: Mapping[str, JsonValue]
    result: bytes | None
    """The answer; None if there was none, and after it was forgotten."""
    opened_at: datetime
    """This decides which windows it counts in."""
    dispatched_at: datetime | None
    closed_at: datetime | None
    expires_at: datetime
    """While it is in hand: when its worker is given up."""
    reused: int
    """How often a redelivery read the answer back."""

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """Read a row of the table."""
        values: dict[str, Any] = {name: row[name] for name in cls.__slots__}
        return cls(**{**values, "state": State(row["state"]), "note": json.loads(row["note"])})


@dataclass(frozen=True, slots=True)
class Looked:
    """What the ledger knows when a call is about to be made."""

    attempts: tuple[Entry, ...]
    """The attempts at this very call so far, oldest first."""
    shared: tuple[Entry, ...]
    """Answers to calls that asked the same: the newest of each fingerprint, in the order of these."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many calls were taken from workers that were not heard of again, by what became of them."""

    released: int
    ambiguous: int


@dataclass(frozen=True, slots=True)
class Total:
    """Calls of one state, outcome and kind, together."""

    state: State
    outcome: str | None
    repeated: bool
    """Whether these are second and later attempts."""
    entries: int
    cost_micros: int
    held_micros: int
    """What is still held for them."""
    saved_micros: int
    reused: int
    """How often their answers were read back by redeliveries."""
    reused_micros: int
    """What they would have cost again, had they not been."""


@dataclass(frozen=True, slots=True)
class ModelTotal:
    """Calls of one model, state and outcome, together."""

    model: str
    """By its name in the models file."""
    state: State
    outcome: str | None
    entries: int
    billed: int
    """How many of them cost something."""
    cost_micros: int
    held_micros: int
    """What is still held for them."""
    saved_micros: int
    reused: int
    """How often their answers were read back by redeliveries."""
    reused_micros: int
    """What they would have cost again, had they not been."""
