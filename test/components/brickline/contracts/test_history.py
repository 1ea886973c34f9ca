"""All retained versions count, and a removed name stays taken."""

import pytest
from pydantic import BaseModel, create_model

from brickline.contracts import (
    Contract,
    Direction,
    MismatchedContracts,
    Proof,
    Rule,
    buried,
    check_all,
    compare,
    reader_schema,
    writer_schema,
)


def contract(version: int, made: type[BaseModel], topic: str = "topic") -> Contract:
    return Contract(topic, version, writer_schema(made), reader_schema(made))


first = create_model("First", id=(str, ...), score=(int, 0))
second = create_model("Second", id=(str, ...))
third = create_model("Third", id=(str, ...), score=(str, "none"))
fourth = create_model("Fourth", id=(str, ...), score=(int, 5))


def test_a_removed_name_that_comes_back_as_something_else_is_refused() -> None:
    retained = [contract(1, first), contract(2, second)]
    new = contract(3, third)
    assert compare(retained[-1], new).full, "the last version alone shows nothing"
    history = check_all(retained, new, models={new: third.model_validate_json})
    assert not history.backward
    (flag,) = history.reused
    assert (flag.path, flag.rule, flag.refused) == ("score", Rule.NAME_REUSED, True)
    assert flag.witness is not None
    assert flag.witness.proof is Proof.MODEL
    assert flag.witness.document == {"id": "", "score": 0}


def test_a_removed_name_that_comes_back_as_it_was_is_fine() -> None:
    history = check_all([contract(1, first), contract(2, second)], contract(3, fourth))
    assert history.full
    assert not history.reused


def test_a_name_is_remembered_after_its_version_is_no_longer_retained() -> None:
    graves = buried([contract(1, first), contract(2, second)])
    assert [(grave.path, grave.version) for grave in graves] == [("score", 1)]
    assert check_all([contract(2, second)], contract(3, third)).full
    history = check_all([contract(2, second)], contract(3, third), tombstones=graves)
    assert [flag.path for flag in history.reused] == ["score"]


def test_a_change_is_held_against_each_retained_version() -> None:
    required = create_model("Required", id=(str, ...), score=(int, ...))
    history = check_all([contract(1, required), contract(2, first)], contract(3, second))
    assert [verdict.forward for verdict in history.verdicts] == [False, True]
    assert not history.forward
    assert history.backward
    ((broken,), ()) = (verdict.breaks for verdict in history.verdicts)
    assert (broken.direction, broken.path, broken.rule) == (Direction.FORWARD, "score", Rule.REMOVE_REQUIRED)


def test_contracts_of_two_topics_are_not_compared() -> None:
    with pytest.raises(MismatchedContracts, match=r"'one'.*'two'"):
        compare(contract(1, first, "one"), contract(1, first, "two"))
