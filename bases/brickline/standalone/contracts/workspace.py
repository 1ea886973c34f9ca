"""The workspace that a command is run in: its root, its projects, and the services that these run."""

import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from brickline.contracts import ContractError, Deployed, NotAWorkspace, Pipeline, SnapshotFolder
from brickline.events import Service
from brickline.standalone.contracts.broken_code import told

_MARK = "workspace.toml"
SNAPSHOTS = Path("components", "brickline", "schemas", "snapshots")


class UnreadableProject(ContractError):
    """Raised for a project whose pyproject.toml does not say which bricks it has."""


class BrokenBase(ContractError):
    """Raised for a base that cannot be imported: what its service reads and writes cannot be known."""


class ForeignCode(ContractError):
    """Raised where the code at hand is not that of this workspace."""


def find_root(start: Path | None = None) -> Path:
    """Return the folder with the workspace.toml, at or above the current folder. Raises `NotAWorkspace`."""
    try:
        start = (start or Path.cwd()).resolve()
    except OSError as error:
        raise NotAWorkspace(f"the current folder cannot be used ({error.strerror})") from error
    for folder in (start, *start.parents):
        if (folder / _MARK).is_file():
            return folder
    raise NotAWorkspace(
        f"there is no {_MARK} in {start} or above it: run this in a checkout of the workspace"
    )


def snapshots_of(root: Path) -> SnapshotFolder:
    """Return where the snapshots are kept."""
    return SnapshotFolder(root / SNAPSHOTS)


def pipeline_of(root: Path) -> Pipeline:
    """Put together what the services of all projects declare.

    Raises `UnreadableProject`, `BrokenBase` or `ForeignCode`, and what `Pipeline` raises.
    """
    schemas = _imported("brickline.schemas", root, "every project")
    return Pipeline(services_of(root), schemas.PAYLOADS, schemas.ROUTES)


def services_of(root: Path) -> tuple[Deployed, ...]:
    """Return the services of the projects, in the order of their tiers; bases without one do not count."""
    found: dict[Service, set[str]] = {}
    for pyproject in sorted(root.glob("projects/*/pyproject.toml")):
        for base in _bases_of(pyproject):
            module = _imported(base, root, f"projects/{pyproject.parent.name}")
            service = getattr(module, "SERVICE", None)
            if isinstance(service, Service):
                found.setdefault(service, set()).add(pyproject.parent.name)
    deployed = (Deployed(service, tuple(sorted(projects))) for service, projects in found.items())
    return tuple(sorted(deployed, key=lambda each: (each.service.tier, each.service.name)))


def _bases_of(pyproject: Path) -> Iterator[str]:
    try:
        bricks = tomllib.loads(pyproject.read_text("utf-8"))["tool"]["polylith"]["bricks"]
        listed = [(Path(path).parts, str(module)) for path, module in bricks.items()]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableProject(
            f"{pyproject} does not say which bricks it has, in [tool.polylith.bricks]: "
            f"{type(error).__name__}: {error}"
        ) from error
    yield from (module.replace("/", ".") for parts, module in listed if "bases" in parts)


def _imported(name: str, root: Path, needed_by: str) -> ModuleType:
    try:
        module = import_module(name)
    except (Exception, SystemExit) as error:  # a module may raise anything, and even exit
        raise BrokenBase(
            f"{name}, which {needed_by} lists, cannot be imported: {told(error)}. What it reads and writes "
            "cannot be known, so nothing was checked."
        ) from error
    where = getattr(module, "__file__", None)
    if where is not None and not Path(where).resolve().is_relative_to(root):
        raise ForeignCode(
            f"{name} was imported from {Path(where).parent}, not from this workspace, {root}: run this with "
            f"the workspace's own environment ({Path(sys.executable).parent.parent} is of another one)"
        )
    return module
