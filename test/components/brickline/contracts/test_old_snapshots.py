"""Snapshots are read as another git revision has them, and a revision that there is not is named."""

from pathlib import Path

import pytest
from pydantic import create_model

from brickline.contracts import (
    Contract,
    EditedSnapshot,
    GitModels,
    Revision,
    Snapshot,
    SnapshotFolder,
    UnknownBase,
    reader_schema,
    snapshots_at,
    writer_schema,
)
from support.git_repository import Repository

FOLDER = "components/brickline/schemas/snapshots"

made = create_model("Made", name=(str, ...))
snapshot = Snapshot(
    "user.seen", (Revision(1, 1, Contract("user.seen", 1, writer_schema(made), reader_schema(made))),)
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One with a tag `before` there were snapshots, and a branch `main` that has one."""
    repository = Repository(tmp_path)
    repository.commit({"README.md": "new"})
    repository.git("tag", "--annotate", "--message=x", "before")
    (tmp_path / FOLDER).mkdir(parents=True)
    SnapshotFolder(tmp_path / FOLDER).write([snapshot])
    repository.commit({f"{FOLDER}/README.md": "what these are"})
    return repository


def test_they_are_those_of_the_revision_not_of_the_work_tree(repository: Repository) -> None:
    repository.write({f"{FOLDER}/user.seen.json": "{}", f"{FOLDER}/other.json": "{}"})
    assert snapshots_at(repository.root, "main") == {"user.seen": snapshot}


def test_before_there_were_snapshots_there_are_none(repository: Repository) -> None:
    assert snapshots_at(repository.root, "before") == {}


def test_one_that_is_wrong_there_is_named_with_its_revision(repository: Repository) -> None:
    path = f"{FOLDER}/user.seen.json"
    text = (repository.root / path).read_text()
    repository.commit({path: text.replace('"type": "string"', '"type": "integer"')})
    with pytest.raises(EditedSnapshot, match=f"^main:{path}: "):
        snapshots_at(repository.root, "main")


def test_what_a_hook_is_told_of_its_repository_does_not_count(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path_factory.mktemp("other"))
    elsewhere = str(other.root / ".git")
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, elsewhere)
    monkeypatch.setenv("GIT_NAMESPACE", "other")
    assert snapshots_at(repository.root, "main") == {"user.seen": snapshot}


@pytest.mark.parametrize(
    "ref",
    [
        "no-such-branch",
        "",
        "--all",
        "-h",
        "--output=made.txt",
        "main:README.md",
        "main^{tree}",
        "a\x00b",
        "a\nb",
    ],
)
def test_what_is_no_commit_is_named(repository: Repository, ref: str) -> None:
    for asked in (snapshots_at, lambda root, ref: GitModels(root, ref).__enter__()):
        with pytest.raises(UnknownBase) as caught:
            asked(repository.root, ref)
        assert repr(ref) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert not (repository.root / "made.txt").exists()


def test_a_folder_that_is_no_checkout_is_named(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UnknownBase, match=r"cannot be looked up in .*: git says"):
            snapshots_at(root, "main")


def test_a_machine_without_git_is_told_so(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(UnknownBase, match="there is no git on the PATH"):
        snapshots_at(repository.root, "main")
