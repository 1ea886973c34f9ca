"""Each project ships its own bricks, every library they need, and none that its tier must not carry."""

import subprocess
from pathlib import Path

import pytest

from workspace.libraries import LLM, ML, PARSERS, WEB
from workspace.packaging import (
    PROJECTS,
    Project,
    build_wheel,
    files_in,
    files_of,
    install,
    library_names,
    locked_requirements,
    uv,
)

# The gate stays small and quick to start, the worker has no door to the network, the reader cannot spend.
MUST_NOT_CONTAIN = {
    "ingestion_api": LLM | ML | PARSERS,
    "analysis_worker": WEB,
    "reporting_api": LLM,
    "standalone": set[str](),
}

IMPORT_ALL = """
import importlib, pkgutil, sys, brickline
for module in pkgutil.walk_packages(brickline.__path__, "brickline."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
for target in sys.argv[1:]:
    module, function = target.split(":")
    assert callable(getattr(importlib.import_module(module), function)), target
"""


@pytest.fixture(scope="module", params=PROJECTS)
def project(request: pytest.FixtureRequest) -> Project:
    return Project(request.param)


@pytest.fixture(scope="module")
def requirements(project: Project) -> str:
    return locked_requirements(project)


@pytest.fixture(scope="module")
def wheel(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(project, tmp_path_factory.mktemp("wheel"))


def test_each_project_says_what_it_must_not_contain() -> None:
    assert sorted(MUST_NOT_CONTAIN) == PROJECTS


def test_a_project_carries_no_library_that_it_must_not_contain(project: Project, requirements: str) -> None:
    assert library_names(requirements) & MUST_NOT_CONTAIN[project.name] == set()


def test_a_forbidden_library_that_comes_with_another_is_seen() -> None:
    carried = library_names(locked_requirements(Project("analysis_worker")))

    assert {"yake", "numpy", "networkx"} <= carried & (LLM | ML)
    assert library_names(locked_requirements(Project("ingestion_api"))) >= WEB


def test_a_wheel_holds_every_file_of_the_projects_bricks_and_no_other(project: Project, wheel: Path) -> None:
    assert files_in(wheel) == files_of(project)


def test_a_wheel_installs_with_the_locked_libraries_and_imports(
    project: Project, wheel: Path, requirements: str, tmp_path: Path
) -> None:
    python = install(wheel, requirements, tmp_path)
    uv("pip", "check", "--quiet", "--python", python)

    # -I: neither the workspace's live source nor the environment's variables can lend it a module.
    command = [str(python), "-I", "-c", IMPORT_ALL, *project.entry_points()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
