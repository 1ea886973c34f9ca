"""The real models of another git revision are asked, and only those that are meant to the letter."""

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from pydantic import BaseModel

from brickline.contracts import (
    Contract,
    GitModels,
    OldModelsFailed,
    Parser,
    Proof,
    Schema,
    compare,
    reader_schema,
    writer_schema,
)
from support.git_repository import Repository

BRICK = "components/brickline/schemas"
USER = """
    from typing import ClassVar
    from pydantic import BaseModel

    class Payload(BaseModel):
        version: ClassVar[int] = 1

    class UserSeen(Payload):
        topic: ClassVar[str] = "user.seen"
        name: str
        age: int
"""
LISTED = USER + "    PAYLOADS = (UserSeen,)\n"


class UserSeen(BaseModel):
    """As the revision has it."""

    name: str
    age: int


class LaterUserSeen(BaseModel):
    name: str
    age: int | None = None


def contract(made: type[BaseModel], version: int = 1) -> Contract:
    return Contract("user.seen", version, writer_schema(made), reader_schema(made))


old = contract(UserSeen)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def committed(repository: Repository, code: str) -> str:
    return repository.commit({f"{BRICK}/__init__.py": dedent(code)})


def parser(models: GitModels, of: Contract = old) -> Parser:
    found = models.parser(of)
    assert found is not None
    return found


def test_the_real_model_reads_and_says_what_it_does_not_like(repository: Repository) -> None:
    ref = committed(repository, LISTED)
    with GitModels(repository.root, ref) as models:
        parse = parser(models)
        parse(b'{"name": "Ada", "age": 36}')
        with pytest.raises(Exception, match=r"^age: Field required$"):
            parse('{"name": "Ada ✓"}'.encode())
        parse(b'{"name": "Ada", "age": 36}')


def test_a_break_shows_what_the_old_model_says_in_its_own_words(repository: Repository) -> None:
    with GitModels(repository.root, committed(repository, LISTED)) as models:
        verdict = compare(old, contract(LaterUserSeen), old_model=models.parser(old))
    witnesses = [broken.witness for broken in verdict.breaks if broken.witness]
    assert {(witness.proof, witness.complaint) for witness in witnesses} == {
        (Proof.MODEL, "age: Field required"),
        (Proof.MODEL, "age: Input should be a valid integer"),
    }


def test_nobody_vouches_for_a_contract_that_is_not_theirs_to_the_letter(
    repository: Repository,
) -> None:
    other = Schema(old.reader.text.replace('"integer"', '"number"'))
    with GitModels(repository.root, committed(repository, LISTED)) as models:
        assert models.contracts == (old,)
        assert models.parser(contract(LaterUserSeen)) is None
        assert models.parser(Contract("user.seen", 2, old.writer, old.reader)) is None
        assert models.parser(Contract("user.gone", 1, old.writer, old.reader)) is None
        assert models.parser(Contract("user.seen", 1, old.writer, other)) is None


def test_it_is_the_revision_that_counts_and_the_work_tree_stays_as_it_is(repository: Repository) -> None:
    committed(repository, LISTED)
    repository.git("tag", "v1")
    committed(repository, LISTED.replace("age", "years"))
    repository.write({f"{BRICK}/__init__.py": "raise SystemExit('not this one')"})
    before = repository.git("status", "--porcelain", "--ignored")
    with GitModels(repository.root, "v1") as models:
        parser(models)(b'{"name": "Ada", "age": 36}')
    assert repository.git("status", "--porcelain", "--ignored") == before


def test_modules_of_the_brick_import_one_another(repository: Repository) -> None:
    files = {
        f"{BRICK}/users/model.py": dedent(USER),
        f"{BRICK}/__init__.py": "from brickline.schemas.users.model import UserSeen\nPAYLOADS = (UserSeen,)",
    }
    with GitModels(repository.root, repository.commit(files)) as models:
        assert models.contracts == (old,)


def test_a_workspace_may_be_a_folder_of_a_larger_repository(repository: Repository) -> None:
    ref = repository.commit({f"inner/{BRICK}/__init__.py": dedent(LISTED)})
    with GitModels(repository.root / "inner", ref) as models:
        assert models.contracts == (old,)


def test_before_payloads_were_listed_each_that_has_a_topic_counts(repository: Repository) -> None:
    with GitModels(repository.root, committed(repository, USER)) as models:
        assert models.contracts == (old,)


def test_before_there_were_payloads_nobody_vouches_for_anything(repository: Repository) -> None:
    with GitModels(repository.root, repository.commit({"README.md": "new"})) as models:
        assert models.contracts == ()


def test_a_model_without_a_schema_does_not_keep_the_others_from_answering(repository: Repository) -> None:
    code = LISTED + dedent(
        """
        import threading

        class Strange(Payload):
            model_config = {"arbitrary_types_allowed": True}
            topic: ClassVar[str] = "strange"
            lock: threading.Thread

        PAYLOADS = (Strange, UserSeen)
        """
    ).replace("\n", "\n    ")
    with GitModels(repository.root, committed(repository, code)) as models:
        assert models.contracts == (old,)
        assert "Strange" in models.strangers


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("import brickline.no_such_brick", "ModuleNotFoundError.*no_such_brick", id="import"),
        pytest.param("this is no Python", "SyntaxError", id="syntax"),
        pytest.param("import os; os._exit(3)", "ended with status 3", id="exit"),
        pytest.param("class Nothing: pass", "ImportError.*Payload", id="no payloads"),
    ],
)
def test_code_that_is_broken_is_a_clear_error(repository: Repository, code: str, said: str) -> None:
    ref = committed(repository, code)
    with pytest.raises(OldModelsFailed, match=f"models of {ref!r} cannot be .*{said}"):
        GitModels(repository.root, ref).__enter__()


def test_code_that_does_not_end_is_ended(repository: Repository) -> None:
    ref = committed(repository, "while True: pass")
    with pytest.raises(OldModelsFailed, match=r"said nothing for 0\.5 s, and were killed"):
        GitModels(repository.root, ref, start_s=0.5).__enter__()


TROUBLE = """
    import os, sys, time
    from typing import ClassVar
    from pydantic import BaseModel

    class Payload(BaseModel):
        version: ClassVar[int] = 1

    class UserSeen(Payload):
        topic: ClassVar[str] = "user.seen"
        name: str
        age: int

        def model_post_init(self, context):
            print("not an answer", flush=True)
            if self.age == 1:
                os._exit(4)
            if self.age == 2:
                time.sleep(60)
            raise ValueError(f"process {os.getpid()} in {os.getcwd()}")

    PAYLOADS = (UserSeen,)
"""


@pytest.fixture
def trouble(repository: Repository) -> Iterator[GitModels]:
    with GitModels(repository.root, committed(repository, TROUBLE), answer_s=1) as models:
        yield models


def answered(models: GitModels, age: int) -> str:
    with pytest.raises(Exception, match=r".") as caught:
        parser(models, models.contracts[0])(b'{"name": "Ada", "age": %d}' % age)
    return str(caught.value)


def test_what_old_code_prints_is_no_answer(trouble: GitModels) -> None:
    assert "process" in answered(trouble, 3)


@pytest.mark.parametrize(("age", "said"), [(1, "ended with status 4"), (2, "said nothing for 1 s")])
def test_a_document_that_stops_the_models_is_no_rejection(trouble: GitModels, age: int, said: str) -> None:
    (of,) = trouble.contracts
    with pytest.raises(OldModelsFailed, match=said):
        parser(trouble, of)(b'{"name": "Ada", "age": %d}' % age)
    with pytest.raises(OldModelsFailed):
        compare(of, contract(LaterUserSeen), old_model=trouble.parser(of))


def test_the_process_is_gone_when_all_is_asked_and_the_folder_with_it(repository: Repository) -> None:
    with GitModels(repository.root, committed(repository, TROUBLE)) as models:
        pid, _, folder = answered(models, 3).rpartition("process ")[2].partition(" in ")
        assert Path(folder).is_dir()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert not Path(folder).exists()
    with pytest.raises(OldModelsFailed, match="ask while the context is open"):
        parser(models, models.contracts[0])(b"{}")


def test_the_version_counts_as_the_class_states_it(repository: Repository) -> None:
    code = LISTED.replace("version: ClassVar[int] = 1", "version: ClassVar[int] = 7")
    with GitModels(repository.root, committed(repository, code)) as models:
        assert [each.version for each in models.contracts] == [7]
