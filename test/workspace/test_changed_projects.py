"""CI builds the projects that a change touches, and all of them where that cannot be known."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "development/changed_projects.py"
ALL = ["analysis_worker", "ingestion_api", "reporting_api", "standalone"]
# No settings of the machine's or the user's, and commits by nobody in particular.
ENVIRONMENT = os.environ | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Someone",
    "GIT_AUTHOR_EMAIL": "someone@localhost",
    "GIT_COMMITTER_NAME": "Someone",
    "GIT_COMMITTER_EMAIL": "someone@localhost",
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of this workspace's source as it is, committed and tagged as built."""
    for name in ("pyproject.toml", "workspace.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("components", "bases", "projects"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "stable-1")
    return tmp_path


def git(clone: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=clone, env=ENVIRONMENT, check=True)


def commit(clone: Path) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "A change")


def append(clone: Path, file: str) -> None:
    path = clone / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        stream.write("\n# changed\n")
    commit(clone)


def changed(clone: Path, *arguments: str) -> list[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, cwd=clone, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: list[str] = json.loads(done.stdout)
    return answer


def test_nothing_is_built_when_nothing_changed(clone: Path) -> None:
    assert changed(clone) == []


def test_a_brick_is_built_into_the_projects_that_list_it(clone: Path) -> None:
    append(clone, "components/brickline/documents/__init__.py")

    assert changed(clone) == ["ingestion_api", "standalone"]


def test_a_new_file_in_a_base_counts(clone: Path) -> None:
    append(clone, "bases/brickline/report_api/routes/new.py")

    assert changed(clone) == ["reporting_api", "standalone"]


def test_a_file_moved_out_of_a_brick_changes_that_brick_too(clone: Path) -> None:
    append(clone, "components/brickline/documents/moving.py")
    git(clone, "tag", "stable-2")
    source, target = (
        clone / f"components/brickline/{brick}/moving.py" for brick in ("documents", "embedded")
    )
    source.rename(target)
    commit(clone)

    assert changed(clone) == ["ingestion_api", "standalone"]


def test_a_projects_own_settings_count(clone: Path) -> None:
    append(clone, "projects/analysis_worker/pyproject.toml")

    assert changed(clone) == ["analysis_worker"]


@pytest.mark.parametrize("file", ["uv.lock", "pyproject.toml", "Dockerfile", ".ci/uv-requirements.txt"])
def test_what_every_project_is_built_from_builds_all(clone: Path, file: str) -> None:
    append(clone, file)

    assert changed(clone) == ALL


@pytest.mark.parametrize(
    "file", ["README.md", "test/components/brickline/documents/test_x.py", "development/x.py"]
)
def test_what_ships_in_no_project_builds_none(clone: Path, file: str) -> None:
    append(clone, file)

    assert changed(clone) == []


def test_everything_is_built_as_long_as_there_is_no_tag(clone: Path) -> None:
    git(clone, "tag", "--delete", "stable-1")

    assert changed(clone) == ALL


@pytest.mark.parametrize("ref", ["0123456789012345678901234567890123456789", "no-such-branch", "--oops"])
def test_everything_is_built_when_the_commit_to_compare_with_is_missing(clone: Path, ref: str) -> None:
    assert changed(clone, f"--since={ref}") == ALL


def test_a_given_commit_is_compared_with_instead_of_the_tag(clone: Path) -> None:
    append(clone, "components/brickline/documents/__init__.py")
    append(clone, "components/brickline/reporting/__init__.py")

    assert changed(clone, "--since", "HEAD~1") == ["reporting_api", "standalone"]


def test_the_newest_tag_counts(clone: Path) -> None:
    append(clone, "components/brickline/documents/__init__.py")
    git(clone, "tag", "stable-2")
    append(clone, "components/brickline/reporting/__init__.py")

    assert changed(clone) == ["reporting_api", "standalone"]
