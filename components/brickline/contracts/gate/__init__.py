"""The gate: what the code says held against what is recorded, and the recording of what is safe."""

from brickline.contracts.gate.accept import Accepted, accept
from brickline.contracts.gate.check import check
from brickline.contracts.gate.current import contract_of
from brickline.contracts.gate.report import Finding, FindingKind, Notice, Report
from brickline.contracts.gate.retire import check_retirable, retire

__all__ = [
    "Accepted",
    "Finding",
    "FindingKind",
    "Notice",
    "Report",
    "accept",
    "check",
    "check_retirable",
    "contract_of",
    "retire",
]
