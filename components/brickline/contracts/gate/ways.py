"""The ways out of a break, each in so many words that one can follow it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from brickline.contracts.gate.places import Place
from brickline.contracts.verdict import Direction, Rule

TAKE_BACK = "take the change back"
"""The first way out of all that breaks."""

_OTHER_NAME = re.compile(r"calls it '([^']+)'")


@dataclass(frozen=True)
class Broken:
    """What is broken: where, by which rule, for which side."""

    rule: Rule
    direction: Direction | None
    place: Place
    says: str


_WITHIN: Mapping[Rule, str] = {
    Rule.ADD_REQUIRED: (
        "give {field} of {owner} a default, such as None with a type that allows it: what lacks it is read"
    ),
    Rule.REMOVE_REQUIRED: "put {field} back into {owner} as it was, and go on writing it",
    Rule.OPTIONAL_TO_REQUIRED: "give {field} of {owner} its default back: documents without it are about",
    Rule.REQUIRED_TO_OPTIONAL: "take the default of {field} in {owner} away again: it is then always written",
    Rule.NARROW: (
        "let {field} of {owner} take all that it took, and be strict in the code that makes the value"
    ),
    Rule.WIDEN: (
        "put the type of {field} in {owner} back as it was, and write what does not fit to a new field with "
        "a default, which old readers ignore"
    ),
    Rule.REMOVE_CHOICE: (
        "put the removed choice back into {field} of {owner}, and just do not write it any more"
    ),
    Rule.ADD_CHOICE: (
        "leave the choices of {field} in {owner} as they were, and write the new one to a new field with a "
        "default, which old readers ignore"
    ),
    Rule.NAME_REUSED: "call {field} of {owner} something that no earlier revision used",
    Rule.NOT_UNDERSTOOD: (
        "leave {field} of {owner} as it was, and put what cannot be compared (code, a pattern) into the code "
        "that makes the value"
    ),
}
"""What keeps the change, or most of it, within the version."""

_KEPT_BY_TAKING_BACK = {Rule.REMOVE_REQUIRED, Rule.OPTIONAL_TO_REQUIRED, Rule.REQUIRED_TO_OPTIONAL}
"""Where nothing of the change is left."""

_UPCASTER: Mapping[Rule, str] = {
    Rule.ADD_REQUIRED: "fills in {field}",
    Rule.OPTIONAL_TO_REQUIRED: "fills in {field} where it is missing",
    Rule.RENAME_REQUIRED: "moves {old} to {new}",
    Rule.NARROW: "turns each value of {field} that does not fit any more into one that does",
    Rule.REMOVE_CHOICE: "turns the removed choice of {field} into one that is left",
    Rule.EXTRA_FORBIDDEN: "leaves out what the new model does not know",
    Rule.NAME_REUSED: "leaves the old {field} out",
    Rule.NOT_UNDERSTOOD: "makes of the old {field} what the new model takes, for every old value",
}
_UNCHANGED = "may return its data as they are: the new model reads them"


def ways_within(broken: Broken, model: str, version: int, order: str) -> tuple[str, ...]:
    """Return how to keep the version, and how to make a new one of it."""
    keeping = _keeping(broken)
    first = (f"{TAKE_BACK}: {keeping}",) if broken.rule in _KEPT_BY_TAKING_BACK else (TAKE_BACK, keeping)
    return (*first, new_version(broken, model, version, order))


def new_version(broken: Broken, model: str, version: int, order: str) -> str:
    """Return what a new version takes."""
    known = broken.direction is Direction.FORWARD and broken.rule is not Rule.RENAME_REQUIRED
    does = _UNCHANGED if known else _UPCASTER.get(broken.rule, _UPCASTER[Rule.NOT_UNDERSTOOD])
    return (
        f"make it version {version + 1}: `version: ClassVar[int] = {version + 1}` in {model}, and in its "
        f"`upcasters` `{version}: <function>`, which {_filled(does, broken)}; then `brickline contracts "
        f"accept`, and readers first: {order}"
    )


def ways_of_upcasting(broken: Broken, model: str, upcasters: str) -> tuple[str, ...]:
    """Return how to make older versions readable."""
    if broken.rule is Rule.NOT_UNDERSTOOD:
        return (
            TAKE_BACK,
            f"keep the version of {model}, with changes that are safe within it",
            "publish the new form under a topic of its own, and read both until nothing writes the old one",
        )
    field, owner = broken.place.field, broken.place.owner
    return (
        TAKE_BACK,
        f"mend {upcasters} of {model}: run the document through, and see what is made of it",
        f"let {field} of {owner} take what comes out, such as by a default or a wider type",
    )


def ways_to_itself(broken: Broken) -> tuple[str, ...]:
    """Return how to let a model read what it writes."""
    field, owner = broken.place.field, broken.place.owner
    return (
        TAKE_BACK,
        f"let {owner} read {field} as it writes it: one `alias` for both, and no serializer whose result it "
        "would not take",
    )


def ways_of_writing(broken: Broken) -> tuple[str, ...]:
    """Return how to let a model write what its schema says."""
    field, owner = broken.place.field, broken.place.owner
    return (
        TAKE_BACK,
        f"let {owner} write of {field} only what its type says and takes back: defaults are held to it by "
        "`Field(validate_default=True)`, and what a validator or a serializer returns by its own code",
    )


def _keeping(broken: Broken) -> str:
    if broken.rule is Rule.RENAME_REQUIRED:
        return _filled(
            "rename it in Python alone: {new} in {owner} with `Field(alias={old!r})`, which keeps {old} for "
            "its name in JSON",
            broken,
        )
    if broken.rule is Rule.EXTRA_FORBIDDEN:
        return _filled(
            "leave {field} out of {owner} in this version: the old reader refuses what it does not know"
            if broken.direction is Direction.FORWARD
            else '`extra="ignore"` in the model_config of {owner}: a writer may then add a field',
            broken,
        )
    return _filled(_WITHIN.get(broken.rule, _WITHIN[Rule.NOT_UNDERSTOOD]), broken)


def _filled(template: str, broken: Broken) -> str:
    """Put the names in. Of a rename the other name is what the break says the other side calls it."""
    field = broken.place.field
    match = _OTHER_NAME.search(broken.says)
    other = match[1] if match else "its other name"
    old, new = (other, field) if broken.direction is Direction.BACKWARD else (field, other)
    return template.format(field=field, owner=broken.place.owner, old=old, new=new)
