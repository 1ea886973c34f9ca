"""What keeps the brick from a verdict. A change that breaks a reader is a verdict, not an error."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brickline.contracts.gate.report import Report


class ContractError(Exception):
    """Root of everything this brick raises."""


class UnrepresentableModel(ContractError):
    """Raised when a model has no schema: it holds a type that JSON has no form for, or is broken."""


class UnreadableSchema(ContractError):
    """Raised when the text of a schema is not one that this brick wrote."""


class MismatchedContracts(ContractError):
    """Raised when contracts of different topics are to be compared."""


class NoExample(ContractError):
    """Raised when no document of a schema can be made up: of a hard pattern, or of a type without an end."""


class AmbiguousPayload(ContractError):
    """Raised when two model classes claim one topic and version."""


class UnknownTopic(ContractError):
    """Raised when a topic is named that no payload and no snapshot has."""


class UnknownBase(ContractError):
    """Raised when the revision to compare with cannot be found, or has no snapshots to read."""


class NotAWorkspace(ContractError):
    """Raised outside of the workspace, where there are no snapshots to compare with."""


class SnapshotError(ContractError):
    """Root of what is wrong with the files in which contracts are recorded."""


class MissingSnapshot(SnapshotError):
    """Raised when a topic has no snapshot: it is new and not accepted yet, or its file was deleted."""


class UnreadableSnapshot(SnapshotError):
    """Raised when a file is not a snapshot, or not one of the topic it is named after."""


class EditedSnapshot(SnapshotError):
    """Raised when a snapshot is not as it was written: only `accept` and `retire` may change one."""


class NewerSnapshot(SnapshotError):
    """Raised when a snapshot was written by a later release of this brick."""


class UnwritableSnapshot(SnapshotError):
    """Raised when snapshots cannot be put on disk. Those that were there are there still."""


class UnretirableVersion(ContractError):
    """Raised when a version is not retained, or cannot be given up yet."""


class Refused(ContractError):
    """Raised when a change may not be recorded, because it breaks a reader. Nothing was written."""

    def __init__(self, report: "Report") -> None:
        found = [f"{finding.topic}: {finding.path}: {finding.says}" for finding in report.findings]
        super().__init__("nothing is recorded: " + "; ".join(found))
        self.report = report


class UnplacedMap(ContractError):
    """Raised when a file to show the map in does not say where, or cannot be read. Nothing is written."""
