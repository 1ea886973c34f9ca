"""Whether a changed payload still fits those who read it, and if not, a document that shows it."""

from brickline.contracts.compare import compare
from brickline.contracts.contract import Contract, Schema
from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.derive.models import reader_schema, writer_schema
from brickline.contracts.errors import (
    AmbiguousPayload,
    ContractError,
    EditedSnapshot,
    MismatchedContracts,
    MissingSnapshot,
    NewerSnapshot,
    NoExample,
    NotAWorkspace,
    Refused,
    SnapshotError,
    UnknownBase,
    UnknownTopic,
    UnplacedMap,
    UnreadableSchema,
    UnreadableSnapshot,
    UnrepresentableModel,
    UnretirableVersion,
    UnwritableSnapshot,
)
from brickline.contracts.gate import (
    Accepted,
    Finding,
    FindingKind,
    Notice,
    Report,
    accept,
    check,
    check_retirable,
    contract_of,
    retire,
)
from brickline.contracts.maps import Form, kept_files, render, stale, update
from brickline.contracts.old_side.git import git_output
from brickline.contracts.old_side.models import GitModels, OldModels, OldModelsFailed
from brickline.contracts.old_side.recorded import snapshots_at
from brickline.contracts.order import Change, Order, order_of
from brickline.contracts.pipeline import Deployed, Party, Pipeline, Problem, ProblemKind, Topic
from brickline.contracts.proof import Parser
from brickline.contracts.rollout import Rollout, rollout
from brickline.contracts.snapshots import SNAPSHOT_FORMAT, Retired, Revision, Snapshot, SnapshotFolder
from brickline.contracts.transitive import History, Tombstone, buried, check_all
from brickline.contracts.trials.documents import documents
from brickline.contracts.trials.upcasting import upcast_breaks
from brickline.contracts.trials.writing import written_breaks
from brickline.contracts.verdict import Break, Direction, Flag, Proof, Rule, Verdict, Witness

__all__ = [
    "ENVELOPE",
    "SNAPSHOT_FORMAT",
    "Accepted",
    "AmbiguousPayload",
    "Break",
    "Change",
    "Contract",
    "ContractError",
    "Deployed",
    "Direction",
    "EditedSnapshot",
    "Finding",
    "FindingKind",
    "Flag",
    "Form",
    "GitModels",
    "History",
    "MismatchedContracts",
    "MissingSnapshot",
    "NewerSnapshot",
    "NoExample",
    "NotAWorkspace",
    "Notice",
    "OldModels",
    "OldModelsFailed",
    "Order",
    "Parser",
    "Party",
    "Pipeline",
    "Problem",
    "ProblemKind",
    "Proof",
    "Refused",
    "Report",
    "Retired",
    "Revision",
    "Rollout",
    "Rule",
    "Schema",
    "Snapshot",
    "SnapshotError",
    "SnapshotFolder",
    "Tombstone",
    "Topic",
    "UnknownBase",
    "UnknownTopic",
    "UnplacedMap",
    "UnreadableSchema",
    "UnreadableSnapshot",
    "UnrepresentableModel",
    "UnretirableVersion",
    "UnwritableSnapshot",
    "Verdict",
    "Witness",
    "accept",
    "buried",
    "check",
    "check_all",
    "check_retirable",
    "compare",
    "contract_of",
    "documents",
    "git_output",
    "kept_files",
    "order_of",
    "reader_schema",
    "render",
    "retire",
    "rollout",
    "snapshots_at",
    "stale",
    "upcast_breaks",
    "update",
    "writer_schema",
    "written_breaks",
]
