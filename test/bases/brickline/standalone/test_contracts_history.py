"""What git knows of the snapshots of a workspace."""

from pathlib import Path

import pytest

from brickline.standalone.contracts.history import committed_topics, recorded_at
from support.git_repository import Repository

FOLDER = "components/brickline/schemas/snapshots"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One whose last commit changed no snapshot."""
    repository = Repository(tmp_path)
    repository.commit({f"{FOLDER}/user.seen.json": "{}", f"{FOLDER}/README.md": "what these are"})
    repository.git("tag", "recorded")
    repository.commit({"README.md": "new"})
    return repository


def test_they_are_those_of_the_last_commit_and_of_the_one_that_changed_them(repository: Repository) -> None:
    assert committed_topics(repository.root) == frozenset({"user.seen"})
    assert recorded_at(repository.root) == repository.git("rev-parse", "recorded")


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"])
def test_what_a_hook_is_told_of_its_repository_does_not_count(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    recorded = repository.git("rev-parse", "recorded")
    other = Repository(tmp_path_factory.mktemp("other"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, str(other.root / ".git"))
        assert committed_topics(repository.root) == frozenset({"user.seen"})
        assert recorded_at(repository.root) == recorded


def test_before_the_first_commit_and_without_a_checkout_nothing_is_known(tmp_path: Path) -> None:
    assert committed_topics(tmp_path) is None
    Repository(tmp_path)
    assert committed_topics(tmp_path) is None
    assert recorded_at(tmp_path) == "HEAD"
