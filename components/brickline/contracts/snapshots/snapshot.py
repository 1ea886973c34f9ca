"""What is known of one topic: every contract that somebody may still hold documents or readers of."""

from dataclasses import dataclass
from datetime import date

from brickline.contracts.contract import Contract

SNAPSHOT_FORMAT = 1
"""The layout of the files. Raised when an older release could not read, or would misread, a newer file."""


@dataclass(frozen=True)
class Revision:
    """One contract of a version; within a version each is safe beside each other in both directions."""

    version: int
    number: int
    """Counted from 1 within the version."""
    contract: Contract


@dataclass(frozen=True)
class Retired:
    """A version that nothing holds any more, so that its upcaster may go."""

    version: int
    on: date
    why: str
    """In a few words, for whoever wonders later."""


@dataclass(frozen=True)
class Snapshot:
    """The history of a topic: versions from 1 without a gap, first those retired, then those retained."""

    topic: str
    revisions: tuple[Revision, ...]
    """Oldest first. Empty if the topic is no more."""
    retired: tuple[Retired, ...] = ()
    """By version."""

    @property
    def newest(self) -> Revision:
        """The last revision, which is what the code says today. Not of a topic that is no more (`gone`)."""
        return self.revisions[-1]

    @property
    def gone(self) -> bool:
        """Whether all versions are retired: the file then only keeps the name from being used anew."""
        return not self.revisions

    @property
    def versions(self) -> tuple[int, ...]:
        """The retained versions, oldest first."""
        return tuple(dict.fromkeys(revision.version for revision in self.revisions))

    @property
    def last_version(self) -> int:
        """The highest version there ever was."""
        return (
            self.newest.version if self.revisions else max((each.version for each in self.retired), default=0)
        )

    def of_version(self, version: int) -> tuple[Revision, ...]:
        """Return the retained revisions of a version, oldest first."""
        return tuple(revision for revision in self.revisions if revision.version == version)
