"""A whole check: payloads against snapshots, the map, and the files that are drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brickline.contracts import (
    ENVELOPE,
    Pipeline,
    Report,
    Snapshot,
    SnapshotFolder,
    check,
    snapshots_at,
    stale,
)
from brickline.schemas import Envelope
from brickline.standalone.contracts.before import ModelsOfBefore
from brickline.standalone.contracts.history import committed_topics


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found."""

    report: Report
    base: str | None
    """The commit, branch or tag it was held against, too."""
    base_is_bare: bool
    """Whether that has no snapshots, so that nothing was held against it."""
    topics: int
    versions: int
    consumers: int
    projects: int
    without_models: str
    """Why old documents were not tried on old models; empty if they were, or if there was nothing to try."""
    stale: tuple[Path, ...]
    """Kept files that no longer show the pipeline, from the workspace's root."""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return self.report.ok and not self.stale


def checked(root: Path, pipeline: Pipeline, folder: SnapshotFolder, ref: str | None = None) -> Checked:
    """Check the pipeline of the workspace at `root`, also against what the commit `ref` recorded.

    Starts git only for `ref`, for a topic without a snapshot, or where a document is to be tried on a model
    of before. Raises `ContractError`.
    """
    recorded = folder.read()
    base = None if ref is None else snapshots_at(root, ref)
    missing = any(payload.topic not in recorded for payload in pipeline.payloads)
    committed = committed_topics(root) if missing else None
    with ModelsOfBefore(root, ref) as old_models:
        report = check(
            pipeline,
            recorded,
            base=base,
            old_models=old_models,
            envelope=Envelope,
            committed=committed,
        )
    services = [deployed.service for deployed in pipeline.services]
    return Checked(
        report=report.below(root),
        base=ref,
        base_is_bare=base is not None and not base,
        topics=len(pipeline.topics),
        versions=_versions(recorded),
        consumers=sum(len(service.consumers) for service in services),
        projects=len({project for deployed in pipeline.services for project in deployed.projects}),
        without_models=old_models.problem,
        stale=stale_files(root, pipeline, recorded),
    )


def stale_files(root: Path, pipeline: Pipeline, recorded: Mapping[str, Snapshot]) -> tuple[Path, ...]:
    """Return the kept files that no longer show the pipeline, from the root."""
    found = stale(root, pipeline, recorded)
    return tuple(path.relative_to(root) if path.is_absolute() else path for path in found)


def _versions(recorded: Mapping[str, Snapshot]) -> int:
    return sum(len(snapshot.versions) for topic, snapshot in recorded.items() if topic != ENVELOPE)
