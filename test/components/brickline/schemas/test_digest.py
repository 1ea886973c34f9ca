"""Two processes that read and write the same announce the same digest, and only they do."""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from brickline.schemas import PAYLOADS, Payload, PayloadError, schema_digest


class Part(BaseModel):
    weight: float = 1.0


def made(doc: str | None = None, version: int = 1, **fields: Any) -> str:
    """The digest of a payload with one field and these."""
    base = type("Base", (Payload,), {"version": version})
    model: type[Payload] = create_model("Made", __base__=base, __doc__=doc, title=(str, ...), **fields)
    return schema_digest(type("Made", (model,), {"topic": "shop.made", "__doc__": doc}))


def test_a_digest_has_16_hexadecimal_digits() -> None:
    assert all(len(bytes.fromhex(schema_digest(payload))) == 8 for payload in PAYLOADS)
    assert len({schema_digest(payload) for payload in PAYLOADS}) == len(PAYLOADS)


@pytest.mark.parametrize(
    "other",
    [
        lambda: made(),
        lambda: made(size=(int, 1), colour=(str, ...)),
        lambda: made(size=(float, ...)),
        lambda: made(size=(int, 2)),
        lambda: made(size=(int | None, 1)),
        lambda: made(size=(Annotated[int, Field(ge=1)], 1)),
        lambda: made(size=(Literal[1, 2], 1)),
        lambda: made(size=(Annotated[int, Field(alias="Size")], 1)),
        lambda: made(version=2, size=(int, 1)),
        lambda: made(size=(Part, Part())),
        lambda: made(size=(Part, Part(weight=2))),
        lambda: made(size=(list[int], [1, 2])),
        lambda: made(size=(list[int], [2, 1])),
    ],
)
def test_what_changes_the_contract_changes_the_digest(other: Callable[[], str]) -> None:
    assert other() != made(size=(int, 1))


@pytest.mark.parametrize(
    "other",
    [
        lambda: made(doc="Says something.", size=(int, 1)),
        lambda: made(size=(Annotated[int, Field(description="How large.", title="Width", examples=[3])], 1)),
        lambda: made(size=(Annotated[int, Field(deprecated=True)], 1)),
    ],
)
def test_what_is_written_for_people_does_not(other: Callable[[], str]) -> None:
    assert other() == made(size=(int, 1))


def test_a_field_may_be_called_title_or_description() -> None:
    """They are prose where they are keywords of the schema, and fields where they are names of fields."""
    assert made(description=(int, 1)) != made(description=(int, 2))
    assert made(description=(int, 1)) != made()


def test_the_order_of_fields_does_not_matter() -> None:
    assert made(a=(int, ...), b=(int, ...)) == made(b=(int, ...), a=(int, ...))


def test_a_payload_without_a_json_schema_is_named() -> None:
    class Calls(Payload):
        topic: ClassVar[str] = "shop.calls"
        back: Callable[[], int]

    with pytest.raises(PayloadError, match=r"Calls has no JSON schema: .* give each field a type"):
        schema_digest(Calls)


def test_a_default_that_json_cannot_hold_is_passed_over_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made(size=(Any, object())) == made(size=(Any, object()))


_PROGRAM = """
import json
from typing import ClassVar
from pydantic import BaseModel
from brickline.schemas import PAYLOADS, Payload, schema_digest

class Tagged(BaseModel):
    tags: frozenset[str] = frozenset()

class Made(Payload):
    topic: ClassVar[str] = "shop.made"
    names: frozenset[str] = frozenset({"ant", "bee", "cat", "dog", "eel", "fox"})
    deep: Tagged = Tagged(tags=frozenset({"ant", "bee", "cat", "dog", "eel", "fox"}))
    deeper: dict[str, list[set[int]]] = {"a": [{1, 2, 300, 4000}]}

print(json.dumps([schema_digest(payload) for payload in (*PAYLOADS, Made)]))
"""


def test_every_process_comes_to_the_same_digest() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1
    assert json.loads(said.pop())[:-1] == [schema_digest(payload) for payload in PAYLOADS]
