"""Documents of a schema: few, the same each time, and as different from one another as that allows."""

from collections.abc import Iterator
from itertools import islice

from pydantic import JsonValue
from pydantic_core import to_json

from brickline.contracts.contract import Schema
from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, text_of
from brickline.contracts.trials.variety import Variety


def documents(
    schema: Schema, *, most: int = 40, texts: tuple[str, ...] = (), bold: bool = False
) -> Iterator[JsonValue]:
    """Yield up to `most` different documents that a writer may write: the smallest first, then the fullest.

    Those that follow hold between them each optional field, each value of an enum, each member of a union,
    the bounds of numbers, texts, lists and maps, and letters of many scripts, as far as `most` allows;
    recursive models are two levels deep. What a check known by name alone (a validator, say) asks for is not
    known, so what is under one is of the plainest, unless it is to be `bold`. Where a text is asked for there
    are `texts` too, alone and within others, and they are names in maps. Raises `NoExample`.
    """
    variety = Variety(schema.document["$defs"], 2 * most, texts, bold)  # of documents some will be the same
    yield from islice(_distinct(schema.document, variety), most)


def _distinct(writer: Node, variety: Variety) -> Iterator[JsonValue]:
    root = {key: value for key, value in writer.items() if key != "$defs"}
    seen: set[bytes] = set()
    for value in variety.of(root):
        if (text := to_json(value)) not in seen:
            seen.add(text)
            yield value
    if not seen:
        raise NoExample(f"no document of {text_of(root)[:200]} could be made up")
