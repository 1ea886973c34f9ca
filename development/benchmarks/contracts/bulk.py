"""Source of many payloads, as they were at any of their versions."""

from collections.abc import Iterable, Iterator

TOPICS = 200
FIELDS = 30
VERSIONS = 5

_HEAD = '''"""Many payloads, for measuring."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from brickline.schemas.payload import Payload


def _renamed(old: str, new: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    return lambda data: {(new if name == old else name): value for name, value in data.items()}


class Place(BaseModel):
    street: Annotated[str, Field(max_length=200)]
    number: Annotated[int, Field(ge=0)]
    tags: tuple[str, ...] = ()

'''
_KINDS = (
    "Annotated[str, Field(min_length=1, max_length=300)]",
    "Annotated[int, Field(ge=0, le=1_000_000)]",
    "float",
    "bool = False",
    "str | None = None",
    "Annotated[tuple[str, ...], Field(max_length=12)] = ()",
    "dict[str, int] = Field(default_factory=dict)",
    'Literal["new", "open", "closed"] = "new"',
    "UUID",
    "AwareDatetime",
    "Place",
    "tuple[Place, ...] = ()",
    'Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]',
    "int | str",
)


def topic(number: int) -> str:
    """Return the name of one."""
    return f"bulk.t{number:03d}"


def source(version: int, *, changed: Iterable[int] = (), topics: int = TOPICS) -> str:
    """Return a module of all payloads at a version, `BULK`; those `changed` break what is recorded of it."""
    numbers = set(changed)
    classes = (_payload(number, version, changed=number in numbers) for number in range(topics))
    names = ", ".join(f"T{number:03d}" for number in range(topics))
    return f"{_HEAD}\n" + "\n\n".join(classes) + f"\n\nBULK: tuple[type[Payload], ...] = ({names},)\n"


def _payload(number: int, version: int, *, changed: bool) -> str:
    return "\n".join(
        (
            f"class T{number:03d}(Payload):",
            f'    topic: ClassVar[str] = "{topic(number)}"',
            f"    version: ClassVar[int] = {version}",
            "    upcasters = {",
            *(f'        {old}: _renamed("key_{old}", "key_{old + 1}"),' for old in range(1, version)),
            "    }",
            *_fields(number, version, changed=changed),
        )
    )


def _fields(number: int, version: int, *, changed: bool) -> Iterator[str]:
    """Each version has another name for the first field, and a changed payload for the second."""
    yield f"    key_{version}: Annotated[str, Field(min_length=1)]"
    for place in range(1, FIELDS):
        name = "renamed" if changed and place == 1 else f"field_{place:02d}"
        kind = _KINDS[0] if place == 1 else _KINDS[(number + place) % len(_KINDS)]
        yield f"    {name}: {kind}"
