"""The skew tests fail where they should: each is held against a release that does not fit beside this one."""

from pathlib import Path
from textwrap import dedent
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel, create_model

from brickline.contracts import Contract, GitModels, Revision, reader_schema, writer_schema
from brickline.schemas import ReportUpdated
from support.git_repository import Repository
from support.skew import previous_release, refused_by_new_reader, refused_by_old_reader, written


def revision(made: type[BaseModel], version: int = 1) -> Revision:
    contract = Contract(ReportUpdated.topic, version, writer_schema(made), reader_schema(made))
    return Revision(version, 1, contract)


fits = create_model("Fits", document_id=(UUID, ...), later=(int, 0))
asks_for_more = create_model("AsksForMore", document_id=(UUID, ...), title=(str, ...))
writes_less = create_model("WritesLess", document_id=(UUID | None, None))


def test_what_fits_is_not_complained_of() -> None:
    assert not refused_by_old_reader(ReportUpdated, revision(fits), None)
    assert not refused_by_new_reader(ReportUpdated, revision(fits), None)


def test_an_old_reader_that_asks_for_more_is_seen() -> None:
    assert len(refused_by_old_reader(ReportUpdated, revision(asks_for_more), None)) == len(
        list(written(ReportUpdated))
    )


def test_an_old_writer_that_writes_less_is_seen() -> None:
    found = refused_by_new_reader(ReportUpdated, revision(writes_less), None)
    assert sorted(each.rpartition("the model says: ")[2] for each in found) == [
        "document_id: Field required",
        "document_id: UUID input should be a string, bytes or UUID object",
    ]


def test_a_version_from_which_no_upcaster_leads_is_seen() -> None:
    class Second(ReportUpdated):
        version: ClassVar[int] = 2

    (said,) = refused_by_new_reader(Second, revision(fits), None)
    assert "has no upcaster from version 1" in said


OLD_BRICK = """
    from typing import ClassVar
    from uuid import UUID
    from pydantic import BaseModel, field_validator

    class ReportUpdated(BaseModel):
        topic: ClassVar[str] = "report.updated"
        version: ClassVar[int] = 1
        document_id: UUID

        @field_validator("document_id")
        @classmethod
        def not_low(cls, value):
            if value.int < 2**127:
                raise ValueError("too low for a release this old")
            return value

    PAYLOADS = (ReportUpdated,)
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_an_old_model_that_refuses_what_its_schema_allows_is_seen(repository: Repository) -> None:
    ref = repository.commit({"components/brickline/schemas/__init__.py": dedent(OLD_BRICK)})
    with GitModels(repository.root, ref) as models:
        (contract,) = models.contracts
        found = refused_by_old_reader(ReportUpdated, Revision(1, 1, contract), models.parser(contract))
    assert any("too low for a release this old" in said for said in found)


@pytest.mark.parametrize("tag", ["v1.2.0", "stable-2026"])
def test_the_last_release_is_the_newest_tag_before_this_commit(repository: Repository, tag: str) -> None:
    for name in ("v0.1.0", tag, "notes-on-v9", ""):
        repository.commit({"a.txt": name})
        if name:
            repository.git("tag", name)
    repository.git("tag", "v9.9.9")
    assert previous_release(repository.root) == tag


def test_without_a_release_it_is_the_commit_before(repository: Repository) -> None:
    before = repository.commit({"a.txt": "1"})
    repository.commit({"a.txt": "2"})
    assert previous_release(repository.root) == before


def test_of_a_branch_it_is_where_it_began_and_not_its_own_last_commit(repository: Repository) -> None:
    began = repository.commit({"a.txt": "1"})
    repository.git("checkout", "--quiet", "-b", "feature")
    for text in ("2", "3"):
        repository.commit({"a.txt": text})
    assert previous_release(repository.root) == began
    repository.git("checkout", "--quiet", "main")
    repository.commit({"b.txt": "main went on"})
    repository.git("checkout", "--quiet", "feature")
    assert previous_release(repository.root) == began


def test_of_a_main_branch_that_is_ahead_it_is_what_others_have(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shared = repository.commit({"a.txt": "1"})
    clone = Repository(tmp_path_factory.mktemp("clone"))
    clone.git("fetch", "--quiet", str(repository.root), "main:refs/remotes/origin/main")
    clone.git("reset", "--quiet", "--hard", "origin/main")
    for text in ("2", "3"):
        clone.commit({"a.txt": text})
    assert previous_release(clone.root) == shared


def test_a_release_counts_before_where_a_branch_began(repository: Repository) -> None:
    repository.commit({"a.txt": "1"})
    repository.git("tag", "v1.0.0")
    repository.commit({"a.txt": "2"})
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"a.txt": "3"})
    assert previous_release(repository.root) == "v1.0.0"


def test_without_a_history_there_is_none(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.commit({"a.txt": "1"})
    assert previous_release(repository.root) is None
    repository.commit({"a.txt": "2"})
    clone = tmp_path_factory.mktemp("clone")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(clone))
    assert previous_release(clone) is None
    assert previous_release(tmp_path_factory.mktemp("nothing")) is None
