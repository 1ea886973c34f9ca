"""Upcasters are code, so they are tried: on what an older version's writer may have put on the wire."""

import json
import random
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, create_model, model_validator

from brickline.contracts import (
    Break,
    Contract,
    Direction,
    Parser,
    Proof,
    Rule,
    reader_schema,
    upcast_breaks,
    writer_schema,
)
from brickline.schemas import Payload, Upcaster


def contract(made: type[BaseModel], version: int = 1) -> Contract:
    return Contract("user.seen", version, writer_schema(made), reader_schema(made))


class First(Payload):
    name: str
    nick: str | None = None
    colour: Literal["red", "green", "blue"] = "red"


old = contract(First)


def model(version: int, upcasters: Mapping[int, Upcaster], **fields: Any) -> type[Payload]:
    """The newest payload of the topic: a type alone is a required field, a pair has a default."""

    class Base(Payload):
        pass

    Base.version, Base.upcasters = version, upcasters
    rows = {name: each if isinstance(each, tuple) else (each, ...) for name, each in fields.items()}
    made = create_model("Newest", __base__=Base, **rows)
    made.topic = "user.seen"
    return made


def only(breaks: tuple[Break, ...]) -> Break:
    (found,) = breaks
    assert (found.direction, found.rule) == (Direction.BACKWARD, Rule.UPCASTER)
    assert found.witness is not None
    assert found.witness.proof is Proof.MODEL
    return found


def test_an_upcaster_that_brings_every_document_up_to_date_breaks_nothing() -> None:
    def rename(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"title": data["name"], "nick": data.get("nick") or "none"}

    assert upcast_breaks(old, model(2, {1: rename}, title=str, nick=str)) == ()


def test_an_optional_field_that_an_upcaster_takes_for_granted_is_found_by_the_smallest_document() -> None:
    found = only(upcast_breaks(old, model(2, {1: lambda data: {"nick": data["nick"]}}, nick=str | None)))
    assert found.witness is not None
    assert found.witness.document == {"name": ""}
    assert "version 1 cannot be upcast to 2: KeyError: 'nick'" in found.says


def test_what_an_upcaster_returns_must_be_what_the_new_model_reads() -> None:
    found = only(upcast_breaks(old, model(2, {1: lambda data: data}, name=str, age=int)))
    assert (found.path, found.witness and found.witness.complaint) == ("age", "age: Field required")
    assert (
        found.says == "the new reader cannot read what version 1 wrote: the model says: age: Field required"
    )


def test_a_bound_that_an_upcaster_does_not_keep_is_found_though_the_field_has_another_name() -> None:
    short = model(2, {1: lambda data: {"title": data["name"]}}, title=Annotated[str, Field(max_length=300)])
    assert only(upcast_breaks(old, short)).path == "title"


def test_each_choice_is_tried() -> None:
    numbers = {"red": 1, "green": 2}
    known = model(2, {1: lambda data: {"colour": numbers[data.get("colour", "red")]}}, colour=int)
    found = only(upcast_breaks(old, known))
    assert "KeyError: 'blue'" in found.says
    assert found.witness is not None
    assert found.witness.document == {"name": "", "colour": "blue"}


def test_each_of_very_many_choices_is_tried() -> None:
    letters = tuple(f"letter {place}" for place in range(150))
    many = contract(create_model("Many", __base__=Payload, x=(Literal[letters], ...)))
    places = {letter: place for place, letter in enumerate(letters[:-1])}
    found = only(upcast_breaks(many, model(2, {1: lambda data: {"x": places[data["x"]]}}, x=int)))
    assert "'letter 149'" in found.says


def test_a_null_is_tried() -> None:
    upper = model(2, {1: lambda data: {"nick": data.get("nick", "").upper()}}, nick=str)
    assert "AttributeError" in only(upcast_breaks(old, upper)).says


def test_every_sort_of_break_is_told_once() -> None:
    def careless(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"nick": data["nick"], "title": data["name"]}

    newest = model(2, {1: careless}, nick=str, title=Annotated[str, Field(max_length=9)])
    complaints = [found.witness and found.witness.complaint for found in upcast_breaks(old, newest)]
    assert sorted(str(said).rpartition("2: ")[2] for said in complaints) == [
        "KeyError: 'nick'",
        "nick: Input should be a valid string",
        "title: String should have at most 9 characters",
    ]


def test_an_upcaster_that_changes_what_it_is_given_and_returns_nothing_is_named() -> None:
    def in_place(data: Any) -> Any:
        data["title"] = data.pop("name")

    found = only(upcast_breaks(old, model(2, {1: in_place}, title=str)))
    assert "version 1 cannot be upcast to 2: its upcaster returned NoneType" in found.says


def test_an_upcaster_may_change_what_it_is_given_for_that_is_its_own() -> None:
    def in_place(data: Any) -> Any:
        data["title"] = data.pop("name")
        return data

    assert upcast_breaks(old, model(2, {1: in_place}, title=str)) == ()


def test_an_upcaster_that_does_something_else_each_time_is_found() -> None:
    dice = random.Random(7)
    found = only(upcast_breaks(old, model(2, {1: lambda data: {"n": dice.random()}}, n=float)))
    assert "something else of the same document each time" in found.says


def test_a_default_that_is_something_else_each_time_is_not_the_upcasters_doing() -> None:
    dice = random.Random(7)
    lucky = model(2, {1: lambda data: {}}, n=(float, Field(default_factory=dice.random)))
    assert upcast_breaks(old, lucky) == ()


def test_a_version_from_which_no_upcaster_leads_is_found() -> None:
    lost = model(3, {2: lambda data: data}, x=(int, 0))
    found = only(upcast_breaks(old, lost))
    assert "knows versions 2 to 3 and has no upcaster from version 1" in found.says


def test_of_a_chain_the_step_that_fails_is_named() -> None:
    chain = {1: lambda data: {"title": data["name"]}, 2: lambda data: {"text": data["name"]}}
    assert (
        "version 2 cannot be upcast to 3: KeyError: 'name'"
        in only(upcast_breaks(old, model(3, chain, text=str))).says
    )


def test_what_is_no_json_is_found() -> None:
    strange = model(2, {1: lambda data: {"x": object()}}, x=(Any, None))
    assert "Unable to serialize" in only(upcast_breaks(old, strange)).says


def no_spaces(text: str) -> str:
    if " " in text:
        raise ValueError("has a space")
    return text


def starts_well(text: str) -> str:
    if not text.startswith("well"):
        raise ValueError("does not start well")
    return text


Spaceless = Annotated[str, AfterValidator(no_spaces)]
Well = Annotated[str, AfterValidator(starts_well)]


class Sorted(Payload):
    low: int
    high: int

    @model_validator(mode="after")
    def _sorted(self) -> "Sorted":
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


def test_a_document_that_its_own_writer_would_have_refused_proves_nothing() -> None:
    made = contract(create_model("Made", __base__=Payload, name=(str, ...), tag=(Well | None, None)))
    newest = model(2, {1: lambda data: {**data, "n": 1}}, name=str, tag=(Well | None, None), n=int)
    assert upcast_breaks(made, newest) == ()


def test_nor_does_one_whose_writer_checks_it_as_a_whole() -> None:
    sorted_too = model(2, {1: lambda data: {**data, "n": 1}}, n=int)
    made = create_model("Newest", __base__=(sorted_too, Sorted))
    made.version, made.upcasters, made.topic = 2, {1: lambda data: {**data, "n": 1}}, "user.seen"
    assert upcast_breaks(contract(Sorted), made) == ()


def test_a_check_that_only_the_new_model_makes_is_no_excuse() -> None:
    made = contract(create_model("Made", __base__=Payload, name=(str, ...), tag=(Well | None, None)))
    newest = model(2, {1: lambda data: data}, name=Spaceless)
    assert only(upcast_breaks(made, newest)).path == "name"


def test_nor_is_one_that_the_old_writer_made_of_something_else() -> None:
    made = contract(create_model("Made", __base__=Payload, name=(str, ...), tag=(Well | None, None)))
    newest = model(2, {1: lambda data: {"tag": data["name"]}}, tag=Well)
    assert only(upcast_breaks(made, newest)).path == "tag"


class Bill(BaseModel):
    items: tuple[int, ...] = ()
    total: int = 0

    @model_validator(mode="after")
    def _adds_up(self) -> "Bill":
        if sum(self.items) != self.total:
            raise ValueError("does not add up")
        return self


class Billed(Payload):
    note: str = ""
    bill: Bill = Bill()


def in_cents(also_total: bool) -> Upcaster:
    def upcaster(data: Mapping[str, Any]) -> Mapping[str, Any]:
        bill = dict(data.get("bill", {}))
        if "items" in bill:
            bill["items"] = [each * 100 for each in bill["items"]]
        if also_total and "total" in bill:
            bill["total"] *= 100
        return {**data, "bill": bill}

    return upcaster


def billed_later(upcaster: Upcaster) -> type[Payload]:
    return model(2, {1: upcaster}, note=(str, ""), bill=(Bill, Bill()), currency=(str, "EUR"))


@pytest.mark.parametrize("asked", [Billed.model_validate_json, None], ids=["real", "schema"])
def test_a_check_of_an_object_does_not_excuse_what_the_upcasters_made_of_it(asked: Parser | None) -> None:
    found = only(upcast_breaks(contract(Billed), billed_later(in_cents(also_total=False)), old_model=asked))
    assert "does not add up" in found.says
    if asked is not None:
        assert found.witness is not None
        asked(json.dumps(found.witness.document).encode())


def test_a_document_that_keeps_the_check_is_made_up_and_comes_through() -> None:
    right = billed_later(in_cents(also_total=True))
    assert not upcast_breaks(contract(Billed), right, old_model=Billed.model_validate_json)


class Sealed(BaseModel):
    text: str = ""
    seal: str = ""

    @model_validator(mode="after")
    def _sealed(self) -> "Sealed":
        if self.text and self.seal != "sealed":
            raise ValueError("has no seal")
        return self


@pytest.mark.parametrize("known", [True, False], ids=["real", "schema"])
def test_if_only_what_is_empty_could_be_tried_it_says_so(known: bool) -> None:
    made = create_model("Letter", __base__=Payload, inner=(Sealed, Sealed()), n=(int, 0))
    newest = model(2, {1: lambda data: {**data, "m": 1}}, inner=(Sealed, Sealed()), n=(int, 0), m=int)
    asked = made.model_validate_json if known else None
    (found,) = upcast_breaks(contract(made), newest, old_model=asked)
    assert found.rule is Rule.NOT_UNDERSTOOD
    assert "could not be tried on more than" in found.says


def number_of(name: str) -> float:
    return int(name) if name.isdigit() else 0


def host_of(name: str) -> float:
    return 1 / len(name.split("@")[1]) if "@" in name else 1


def escaped(name: str) -> Mapping[str, str]:
    return {"title": name.replace("&", "&amp;")}


def test_a_text_that_an_upcaster_makes_longer_is_tried_at_its_longest() -> None:
    title = Annotated[str, Field(max_length=50)]
    made = contract(create_model("Made", __base__=Payload, title=(title, ...)))
    assert only(upcast_breaks(made, model(2, {1: lambda data: escaped(data["title"])}, title=title)))


RATES = {"EUR": 1, "ITL": 0}


def rate_of(code: str) -> float:
    return 1 / RATES.get(code, 1)


def nobody(name: str) -> float:
    return sum([1 / (each != "n/a") for each in name.split()])


def twice(name: str) -> float:
    return 1 / (" of " not in name.partition(" of ")[2])


@pytest.mark.parametrize(
    "upcaster",
    [
        pytest.param(lambda data: {"n": number_of(data["name"])}, id="digits that are no number"),
        pytest.param(lambda data: {"n": host_of(data["name"])}, id="nothing behind a separator"),
        pytest.param(lambda data: {"n": rate_of(data["name"])}, id="an entry of a table"),
        pytest.param(lambda data: {"n": nobody(data["name"])}, id="a constant"),
        pytest.param(lambda data: {"n": twice(data["name"])}, id="a separator that is there twice"),
    ],
)
def test_a_text_over_which_an_upcaster_may_stumble_is_tried(upcaster: Upcaster) -> None:
    assert upcast_breaks(old, model(2, {1: upcaster}, n=float))


def test_an_upcaster_that_exits_is_one_that_fails() -> None:
    def exits(data: Mapping[str, Any]) -> Mapping[str, Any]:
        raise SystemExit(1)

    assert "SystemExit" in only(upcast_breaks(old, model(2, {1: exits}, name=str))).says


def test_a_validator_that_exits_is_one_that_refuses() -> None:
    newest = model(2, {1: lambda data: data}, name=Annotated[str, AfterValidator(exiting)])
    assert "SystemExit" in only(upcast_breaks(old, newest)).says


def exiting(text: str) -> str:
    raise SystemExit(text)


def test_if_nothing_could_be_tried_it_says_so() -> None:
    made = contract(create_model("Made", __base__=Payload, tag=(Well, ...)))
    (found,) = upcast_breaks(made, model(2, {1: lambda data: data}, tag=Well))
    assert found.rule is Rule.NOT_UNDERSTOOD
    assert "fails a check of its own writer" in found.says


def test_if_no_document_could_be_made_up_it_says_so() -> None:
    hard: Any = Annotated[str, Field(pattern=r"^(one|two)\b.+$", min_length=40)]
    made = contract(create_model("Made", __base__=Payload, x=(hard, ...)))
    (found,) = upcast_breaks(made, model(2, {1: lambda data: data}, x=str))
    assert (found.rule, found.witness) == (Rule.NOT_UNDERSTOOD, None)


def test_what_the_real_old_model_refuses_is_not_tried() -> None:
    picky = create_model("Picky", __base__=First, name=(Spaceless, ...))
    newest = model(
        2, {1: lambda data: {"title": data["name"]}}, title=Annotated[str, Field(pattern="^[^ ]*$")]
    )
    assert not upcast_breaks(old, newest, old_model=picky.model_validate_json)
    assert upcast_breaks(old, newest)


@pytest.mark.parametrize("version", [1, 2])
def test_a_document_of_the_same_version_is_tried_too(version: int) -> None:
    same = model(version, {}, name=str, age=int)
    assert only(upcast_breaks(contract(First, version), same)).path == "age"
