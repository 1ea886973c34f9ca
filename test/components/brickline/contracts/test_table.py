"""Each row of the table of changes, and each feature of a schema: what is safe, and what breaks whom."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, Flag, IntFlag
from typing import Annotated, Any, Literal, Union
from uuid import UUID

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    RootModel,
    StringConstraints,
    ValidationError,
    create_model,
)

from brickline.contracts import (
    Contract,
    Direction,
    Proof,
    Rule,
    Verdict,
    compare,
    reader_schema,
    writer_schema,
)
from brickline.contracts.nodes import text_of

OK = None


def model(extra: Any = "ignore", **fields: Any) -> type[BaseModel]:
    """A model of the given fields: a type alone is required, a pair has a default."""
    made = {name: each if isinstance(each, tuple) else (each, ...) for name, each in fields.items()}
    return create_model("Made", __config__=ConfigDict(extra=extra), **made)


def contract(made: type[BaseModel]) -> Contract:
    return Contract("topic", 1, writer_schema(made), reader_schema(made))


def verdict_of(old: type[BaseModel], new: type[BaseModel]) -> Verdict:
    return compare(
        contract(old), contract(new), old_model=old.model_validate_json, new_model=new.model_validate_json
    )


def check(old: type[BaseModel], new: type[BaseModel], backward: Rule | None, forward: Rule | None) -> Verdict:
    verdict = verdict_of(old, new)
    for direction, rule in ((Direction.BACKWARD, backward), (Direction.FORWARD, forward)):
        found = {broken.rule for broken in verdict.breaks if broken.direction is direction}
        assert found == ({rule} if rule else set()), verdict.breaks
    for broken in verdict.breaks:
        if broken.rule is Rule.NOT_UNDERSTOOD:
            continue
        assert broken.witness is not None
        assert broken.witness.proof is Proof.MODEL
        with pytest.raises(ValidationError):
            (new if broken.direction is Direction.BACKWARD else old).model_validate(broken.witness.document)
    return verdict


def a(kind: Any, **constraints: Any) -> Any:
    return Annotated[kind, Field(**constraints)]


ROWS: dict[str, tuple[type[BaseModel], type[BaseModel], Rule | None, Rule | None]] = {
    "add optional": (model(x=int), model(x=int, y=(int, 0)), OK, OK),
    "add required": (model(x=int), model(x=int, y=int), Rule.ADD_REQUIRED, OK),
    "remove optional": (model(x=int, y=(int, 0)), model(x=int), OK, OK),
    "remove required": (model(x=int, y=int), model(x=int), OK, Rule.REMOVE_REQUIRED),
    "rename required": (model(x=int), model(z=int), Rule.RENAME_REQUIRED, Rule.RENAME_REQUIRED),
    "rename optional": (model(x=(int, 0)), model(z=(int, 0)), OK, OK),
    "optional to required": (model(x=(int, 0)), model(x=int), Rule.OPTIONAL_TO_REQUIRED, OK),
    "required to optional": (model(x=int), model(x=(int, 0)), OK, Rule.REQUIRED_TO_OPTIONAL),
    "widen": (model(x=int), model(x=float), OK, Rule.WIDEN),
    "loosen": (model(x=a(int, ge=1)), model(x=a(int, ge=0)), OK, Rule.WIDEN),
    "T to T or null": (model(x=int), model(x=int | None), OK, Rule.WIDEN),
    "narrow": (model(x=float), model(x=int), Rule.NARROW, OK),
    "tighten": (model(x=a(str, max_length=9)), model(x=a(str, max_length=5)), Rule.NARROW, OK),
    "enum: add": (model(x=Literal["a"]), model(x=Literal["a", "b"]), OK, Rule.ADD_CHOICE),
    "enum: remove": (model(x=Literal["a", "b"]), model(x=Literal["a"]), Rule.REMOVE_CHOICE, OK),
    "union: add": (model(x=int | str), model(x=int | str | list[int]), OK, Rule.ADD_CHOICE),
    "union: remove": (model(x=int | str | list[int]), model(x=int | str), Rule.REMOVE_CHOICE, OK),
    "default changed": (model(x=(int, 0)), model(x=(int, 1)), OK, OK),
    "reader becomes extra=forbid": (model(x=int), model("forbid", x=int), OK, OK),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table(row: str) -> None:
    check(*ROWS[row])


@pytest.mark.parametrize(
    ("row", "rule", "refused"),
    [
        ("rename optional", Rule.RENAME_OPTIONAL, False),
        ("default changed", Rule.DEFAULT_CHANGED, False),
        ("reader becomes extra=forbid", Rule.EXTRA_FORBIDDEN, True),
    ],
)
def test_a_silent_change_is_flagged(row: str, rule: Rule, refused: bool) -> None:
    old, new, *_ = ROWS[row]
    (flag,) = verdict_of(old, new).flags
    assert (flag.rule, flag.refused) == (rule, refused)


def test_a_reader_that_forbids_what_it_does_not_know_is_shown_a_document_of_a_later_writer() -> None:
    old, new, *_ = ROWS["reader becomes extra=forbid"]
    (flag,) = verdict_of(old, new).flags
    assert flag.witness is not None
    assert flag.witness.proof is Proof.MODEL
    old.model_validate(flag.witness.document)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class OneFlag(IntFlag):
    A = 1


class MoreFlags(IntFlag):
    A = 1
    B = 2


class Switches(Flag):
    A = 1
    B = 4


class Leaf(BaseModel):
    size: int


class Wide(BaseModel):
    size: float


class Tree(BaseModel):
    size: int
    below: "list[Tree]" = []


class Bush(BaseModel):
    size: float
    below: "list[Bush]" = []


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


class Fish(BaseModel):
    kind: Literal["fish"] = "fish"


class Names(RootModel[list[str]]):
    pass


def even(value: int) -> int:
    if value % 2:
        raise ValueError("odd")
    return value


def even_or_none(value: int | None) -> int | None:
    return None if value is None else even(value)


Pets = Annotated[Cat | Dog, Field(discriminator="kind")]
MorePets = Annotated[Cat | Dog | Fish, Field(discriminator="kind")]
Hex = Annotated[str, StringConstraints(pattern="^[0-9a-f]+$")]
Aaa = Annotated[str, StringConstraints(pattern="^a+$")]
MaybeAaa = Annotated[str, StringConstraints(pattern="^a*$")]

SAME: dict[str, Any] = {
    "nested": Leaf,
    "recursive": Tree,
    "discriminated union": Pets,
    "list of unions": list[Cat | Dog | int],
    "enum": Colour,
    "flags": MoreFlags,
    "closed flags": Switches,
    "pattern": Aaa,
    "bounds": a(int, gt=0, le=9, multiple_of=3),
    "decimal": a(Decimal, max_digits=5, decimal_places=2),
    "moments": tuple[date, datetime, AwareDatetime],
    "map": dict[Hex, list[Leaf | None]],
    "map of numbers": dict[int, float],
    "set": a(set[int], min_length=2),
    "anything": Any,
    "any JSON": JsonValue,
    "checked": Annotated[int, AfterValidator(even)],
    "root model": Names,
    "bytes": bytes,
    "uuid or text": UUID | str,
}


@pytest.mark.parametrize("feature", SAME)
def test_what_does_not_change_breaks_nobody(feature: str) -> None:
    verdict = check(model(x=SAME[feature]), model(x=SAME[feature]), OK, OK)
    assert not verdict.flags


WIDER: dict[str, tuple[Any, Any, Rule, Rule]] = {
    "integer to number": (int, float, Rule.NARROW, Rule.WIDEN),
    "nested": (Leaf, Wide, Rule.NARROW, Rule.WIDEN),
    "in a list": (list[Leaf], list[Wide], Rule.NARROW, Rule.WIDEN),
    "in a map": (dict[str, Leaf], dict[str, Wide], Rule.NARROW, Rule.WIDEN),
    "in a tuple": (tuple[str, int], tuple[str, float], Rule.NARROW, Rule.WIDEN),
    "in an optional": (Leaf | None, Wide | None, Rule.NARROW, Rule.WIDEN),
    "recursive": (Tree, Bush, Rule.NARROW, Rule.WIDEN),
    "pair to list": (tuple[int, int], list[int], Rule.NARROW, Rule.WIDEN),
    "set to list": (a(set[int], min_length=2), a(list[int], min_length=2), Rule.NARROW, Rule.WIDEN),
    "minimum": (a(int, ge=2), a(int, ge=1), Rule.NARROW, Rule.WIDEN),
    "maximum": (a(float, lt=5), a(float, le=5), Rule.NARROW, Rule.WIDEN),
    "multiple": (a(int, multiple_of=6), a(int, multiple_of=3), Rule.NARROW, Rule.WIDEN),
    "bounded decimal": (a(Decimal, gt=1), Decimal, Rule.NARROW, Rule.WIDEN),
    "longer": (a(str, max_length=2), a(str, max_length=3), Rule.NARROW, Rule.WIDEN),
    "more items": (a(list[int], max_length=2), list[int], Rule.NARROW, Rule.WIDEN),
    "more entries": (a(dict[str, int], min_length=1), dict[str, int], Rule.NARROW, Rule.WIDEN),
    "pattern dropped": (Aaa, str, Rule.NARROW, Rule.WIDEN),
    "format dropped": (UUID, str, Rule.NARROW, Rule.WIDEN),
    "day to moment": (date, datetime, Rule.NARROW, Rule.WIDEN),
    "keys": (dict[Hex, int], dict[str, int], Rule.NARROW, Rule.WIDEN),
    "keys that are numbers": (dict[int, int], dict[str, int], Rule.NARROW, Rule.WIDEN),
    "model to map": (Leaf, dict[str, int], Rule.ADD_REQUIRED, Rule.REMOVE_REQUIRED),
    "constant to text": (Literal["a"], str, Rule.NARROW, Rule.WIDEN),
    "enum": (Literal["red"], Colour, Rule.REMOVE_CHOICE, Rule.ADD_CHOICE),
    "discriminated union": (Pets, MorePets, Rule.REMOVE_CHOICE, Rule.ADD_CHOICE),
    "model to discriminated union": (
        Fish,
        Annotated[Fish | Dog, Field(discriminator="kind")],
        Rule.REMOVE_CHOICE,
        Rule.ADD_CHOICE,
    ),
    "to anything": (int, Any, Rule.NARROW, Rule.WIDEN),
}


@pytest.mark.parametrize("feature", WIDER)
def test_what_takes_more_is_safe_to_read_with_and_not_to_write(feature: str) -> None:
    narrow, wide, _, forward = WIDER[feature]
    check(model(x=narrow), model(x=wide), OK, forward)


@pytest.mark.parametrize("feature", WIDER)
def test_what_takes_less_is_safe_to_write_and_not_to_read_with(feature: str) -> None:
    narrow, wide, backward, _ = WIDER[feature]
    check(model(x=wide), model(x=narrow), backward, OK)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(int, str, id="number and text"),
        pytest.param(list[int], dict[str, int], id="list and map"),
        pytest.param(Pets, int, id="union and number"),
        pytest.param(bool, str, id="boolean and text"),
    ],
)
def test_what_has_nothing_in_common_breaks_both(old: Any, new: Any) -> None:
    verdict = verdict_of(model(x=old), model(x=new))
    assert not verdict.backward
    assert not verdict.forward


def at_most(most: int) -> Callable[[str], str]:
    def check_length(value: str) -> str:
        if len(value) > most:
            raise ValueError("too long")
        return value

    return check_length


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(MaybeAaa, Annotated[str, StringConstraints(pattern="^[a]*$")], id="pattern"),
        pytest.param(int, Annotated[int, AfterValidator(even)], id="validator added"),
        pytest.param(
            Annotated[str, AfterValidator(at_most(9))],
            Annotated[str, AfterValidator(at_most(5))],
            id="validator with another bound",
        ),
        pytest.param(datetime, AwareDatetime, id="time zone asked for"),
        pytest.param(Decimal, a(Decimal, max_digits=3), id="digits"),
        pytest.param(
            Annotated[str, StringConstraints(to_upper=True, max_length=1)],
            a(str, max_length=1),
            id="longer in the other case",
        ),
        pytest.param(OneFlag, MoreFlags, id="flags"),
    ],
)
def test_what_is_not_understood_is_refused(old: Any, new: Any) -> None:
    verdict = verdict_of(model(x=old), model(x=new))
    assert {broken.rule for broken in verdict.breaks if broken.direction is Direction.BACKWARD} == {
        Rule.NOT_UNDERSTOOD
    }


def test_a_combination_of_flags_is_written_too() -> None:
    verdict = verdict_of(model(x=Switches), model(x=Literal[1, 4]))
    witnesses = [broken.witness for broken in verdict.breaks]
    assert {text_of(witness and witness.document) for witness in witnesses} == {'{"x":0}', '{"x":5}'}
    assert not verdict_of(model(x=MoreFlags), model(x=Literal[1, 2])).backward


def in_turn(*kinds: Any) -> type[BaseModel]:
    return model(x=Annotated[Union[kinds], Field(union_mode="left_to_right")])  # noqa: UP007  # of a variable


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(model(x=int | str), in_turn(int, str), id="to the first"),
        pytest.param(in_turn(int, str), model(x=int | str), id="to the best"),
        pytest.param(in_turn(int, str), in_turn(str, int), id="in another order"),
    ],
)
def test_a_union_that_is_read_as_another_of_its_members_is_flagged(
    old: type[BaseModel], new: type[BaseModel]
) -> None:
    (flag,) = check(old, new, OK, OK).flags
    assert (flag.path, flag.rule, flag.refused) == ("x", Rule.UNION_ORDER, False)


def test_a_union_that_is_read_as_before_is_not() -> None:
    assert not verdict_of(in_turn(int, str), in_turn(int, str)).flags
    assert not verdict_of(in_turn(int, str), in_turn(int, bool, str)).flags
    assert not verdict_of(model(x=int | str), model(x=str | int)).flags


def test_what_was_not_shown_is_not_asserted() -> None:
    (doubt,) = verdict_of(model(x=str), model(x=Annotated[str, AfterValidator(at_most(999))])).breaks
    assert doubt.witness is not None
    assert doubt.witness.proof is Proof.NONE
    assert doubt.says.startswith(
        "whether the new reader rejects what the old writer writes cannot be shown: "
    )


def test_a_pattern_that_takes_more_is_not_called_safe_the_other_way_round() -> None:
    check(model(x=MaybeAaa), model(x=Aaa), Rule.NARROW, Rule.NOT_UNDERSTOOD)


def test_a_reader_converts_as_pydantic_does() -> None:
    check(model(x=bool), model(x=int), OK, Rule.WIDEN)
    strict = create_model("Made", __config__=ConfigDict(strict=True), x=(int, ...))
    check(model(x=bool), strict, Rule.NARROW, Rule.WIDEN)


def test_names_are_those_of_the_document() -> None:
    aliased = model(x=a(int, alias="X"))
    check(model(X=int), aliased, OK, OK)
    check(model(x=int), aliased, Rule.RENAME_REQUIRED, Rule.RENAME_REQUIRED)
    split = model(x=a(int, validation_alias="read", serialization_alias="written"))
    check(split, split, Rule.RENAME_REQUIRED, Rule.RENAME_REQUIRED)


def test_a_second_name_under_which_a_field_is_read_counts() -> None:
    renamed = model(headline=a(str, validation_alias=AliasChoices("headline", "title")))
    check(model(title=str), renamed, OK, Rule.RENAME_REQUIRED)
    clash = model(headline=(a(int, validation_alias=AliasChoices("headline", "title")), 0))
    assert not verdict_of(model(title=str), clash).backward


def test_two_fields_that_read_one_name_both_count() -> None:
    both = {"a": (a(str, validation_alias=AliasChoices("a", "b")), ""), "b": (int, 0)}
    assert not verdict_of(model(b=int), model(**both)).backward
    assert not verdict_of(model(b=int), model(**dict(reversed(both.items())))).backward


def test_an_optional_that_is_checked_as_a_whole_breaks_nobody_while_it_stays() -> None:
    same = model(x=(Annotated[int | None, AfterValidator(even_or_none)], None))
    check(same, same, OK, OK)


def test_what_takes_a_nearly_whole_multiple_is_not_read_as_an_exact_one() -> None:
    verdict = verdict_of(model(x=a(float, multiple_of=0.1)), model(x=a(Decimal, multiple_of=Decimal("0.1"))))
    assert not verdict.backward


def test_a_key_is_text_in_the_document_whatever_it_is_read_as() -> None:
    assert not verdict_of(model(x=dict[bool, int]), model(x=dict[int, int])).backward


def test_a_writer_of_anything_more_is_held_against_each_name_that_is_read() -> None:
    check(model("allow", x=int), model(x=int, y=(int, 0)), Rule.NARROW, OK)


def test_a_default_that_its_own_type_refuses_is_written_all_the_same() -> None:
    careless = model(x=(int, None))
    verdict = verdict_of(careless, careless)
    assert not verdict.full


def test_a_break_says_where_it_is() -> None:
    old, new = model(x=list[dict[str, Leaf]]), model(x=list[dict[str, create_model("Leaf", size=(str, ...))]])
    (path,) = {broken.path for broken in verdict_of(old, new).breaks}
    assert path == "x[*]{*}.size"
