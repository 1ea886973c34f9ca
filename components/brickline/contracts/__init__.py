"""Whether a changed payload still fits those who read it, and if not, a document that shows it."""

from brickline.contracts.compare import compare
from brickline.contracts.contract import Contract, Schema
from brickline.contracts.derive.models import reader_schema, writer_schema
from brickline.contracts.errors import (
    ContractError,
    MismatchedContracts,
    NoExample,
    UnreadableSchema,
    UnrepresentableModel,
)
from brickline.contracts.proof import Parser
from brickline.contracts.transitive import History, Tombstone, buried, check_all
from brickline.contracts.verdict import Break, Direction, Flag, Proof, Rule, Verdict, Witness

__all__ = [
    "Break",
    "Contract",
    "ContractError",
    "Direction",
    "Flag",
    "History",
    "MismatchedContracts",
    "NoExample",
    "Parser",
    "Proof",
    "Rule",
    "Schema",
    "Tombstone",
    "UnreadableSchema",
    "UnrepresentableModel",
    "Verdict",
    "Witness",
    "buried",
    "check_all",
    "compare",
    "reader_schema",
    "writer_schema",
]
