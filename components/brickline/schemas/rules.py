"""What must hold of a payload's topic, version and upcasters, checked where its class is defined."""

import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from brickline.schemas.errors import PayloadError

if TYPE_CHECKING:
    from brickline.schemas.payload import Payload

MAX_VERSION = 999_999
"""The wire has room for six digits."""

_MAX_TOPIC = 128
# A snapshot's file is named by it, and to a broker * and # stand for other topics.
_TOPIC = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_RESERVED = ("topic", "version", "upcasters", "ordered", "subject", "readable")


def check_definition(payload: "type[Payload]") -> None:
    """Raise `PayloadError`, saying what is wrong with which class and what to write instead.

    A class that has no topic is a base of payloads and may leave the rest open.
    """
    _check_names(payload)
    if getattr(payload, "topic", None) is None:
        return
    _check_topic(payload)
    _check_version(payload)
    _check_upcasters(payload)


def _check_names(payload: "type[Payload]") -> None:
    for name in _RESERVED:
        if name in payload.model_fields:
            _refuse(
                payload,
                f"has a field {name!r}, which has a meaning of its own in every payload: declare it as a "
                "ClassVar if that is meant; else call it something else, with an alias if JSON has that name",
            )


def _check_topic(payload: "type[Payload]") -> None:
    topic: object = payload.topic
    if not isinstance(topic, str) or len(topic) > _MAX_TOPIC or not _TOPIC.fullmatch(topic):
        _refuse(
            payload,
            f"has the topic {_shown(topic)}: a topic consists of words of lower-case letters, digits and "
            f"underscores, joined by dots, such as 'order.cancelled', of at most {_MAX_TOPIC} characters",
        )


def _check_version(payload: "type[Payload]") -> None:
    if not _is_version(payload.version):
        _refuse(
            payload,
            f"has the version {_shown(payload.version)}: a version is a whole number from 1 to "
            f"{MAX_VERSION}; the first is 1, and each breaking change adds 1",
        )


def _check_upcasters(payload: "type[Payload]") -> None:
    upcasters: object = payload.upcasters
    if not isinstance(upcasters, Mapping):
        _refuse(payload, f"has upcasters that are a {type(upcasters).__name__}: write {{1: function}}")
    for start, upcaster in upcasters.items():
        if not _is_version(start) or start >= payload.version:
            _refuse(
                payload,
                f"has an upcaster from version {_shown(start)}, and its own version is {payload.version}: "
                "key each by the version that it starts from, and raise `version` with a breaking change",
            )
        _check_upcaster(payload, start, upcaster)
    expected = range(min(upcasters, default=payload.version), payload.version)
    if missing := [version for version in expected if version not in upcasters]:
        _refuse(
            payload,
            f"has no upcaster from version {missing[0]}: the chain from version {expected[0]} to "
            f"{payload.version} ends there, and nothing before it could be read; add "
            f"{{{missing[0]}: function}}",
        )


def _check_upcaster(payload: "type[Payload]", start: int, upcaster: object) -> None:
    what = f"has {_shown(upcaster)} for its upcaster from version {start}"
    wanted = "it must be a function that takes the data of one version and returns that of the next"
    if not callable(upcaster):
        _refuse(payload, f"{what}: {wanted}")
    if inspect.iscoroutinefunction(upcaster):
        _refuse(payload, f"{what}: {wanted}, and not a coroutine function: nothing awaits it")
    try:
        inspect.signature(upcaster).bind({})
    except ValueError:  # a builtin does not tell what it takes
        return
    except TypeError as error:
        raise PayloadError(
            _text(payload, f"{what}: {wanted}; called with the data alone: {error}")
        ) from error


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_VERSION


def _shown(value: object) -> str:
    """Return a name or a short form of what was written."""
    text = getattr(value, "__qualname__", None) or repr(value)
    return text if len(text) <= _MAX_TOPIC else f"{text[:_MAX_TOPIC]}..."


def _refuse(payload: "type[Payload]", what: str) -> NoReturn:
    raise PayloadError(_text(payload, what))


def _text(payload: "type[Payload]", what: str) -> str:
    return f"{payload.__module__}.{payload.__qualname__} {what}"
