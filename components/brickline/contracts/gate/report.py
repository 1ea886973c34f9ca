"""What a check finds, and what to do about it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from brickline.contracts.gate.sources import Source
from brickline.contracts.order import Change
from brickline.contracts.pipeline import Party, Problem
from brickline.contracts.rollout import Rollout
from brickline.contracts.verdict import Direction, Witness


class FindingKind(StrEnum):
    """Why a change may not be merged as it is."""

    BREAKS = "breaks"
    """A reader rejects what a writer of the same version writes, or nobody can vouch that it does not."""
    UPCASTER = "upcaster"
    """Documents of an older version cannot be read by way of the upcasters."""
    VERSION = "version"
    """The version skips one, or goes back."""
    REMOVED = "removed"
    """What reads a retained version is gone: an upcaster, or the whole topic."""
    UNRECORDED = "unrecorded"
    """The change is safe; its snapshot is still to be written."""
    REWRITTEN = "rewritten"
    """The recorded history is not that of the base, continued."""


@dataclass(frozen=True)
class Finding:
    """One reason not to merge."""

    topic: str
    kind: FindingKind
    path: str
    """Where in the payload; `$` is all of it."""
    rule: str
    """The kind of change, as in the table of changes; that of the finding where there is none."""
    direction: Direction | None
    against: str
    """What the code was held against, as `version 1, revisions 1 and 2`."""
    says: str
    witness: Witness | None
    readers: tuple[Party, ...]
    """The groups that meet what they cannot read, and the projects that run them."""
    ways_out: tuple[str, ...]
    """Each is enough by itself, unless it says what else it takes."""
    changes: tuple[str, ...] = ()
    """Of a safe change what it is, a line for each field, as `+ language: string or null, default null`."""
    source: Source | None = None
    """Where the class stands of which it speaks."""


@dataclass(frozen=True)
class Notice:
    """A change that breaks nobody, and of which readers should know all the same."""

    topic: str
    path: str
    says: str


@dataclass(frozen=True)
class Report:
    """All that a check has to say."""

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    changes: tuple[Change, ...]
    """What differs from the base, or from what is recorded if there was none to compare with."""
    rollout: Rollout
    """In which order to deploy these changes."""
    problems: tuple[Problem, ...]
    """What is wrong with the map."""

    @property
    def breaks(self) -> bool:
        """Whether there is more to mend than the record."""
        return any(finding.kind is not FindingKind.UNRECORDED for finding in self.findings)

    def below(self, root: Path) -> "Report":
        """Return it with the paths of classes from `root`."""
        return replace(
            self,
            findings=tuple(
                replace(each, source=each.source and each.source.below(root)) for each in self.findings
            ),
        )

    @property
    def ok(self) -> bool:
        """Whether it may be merged."""
        return not self.findings and not self.problems
