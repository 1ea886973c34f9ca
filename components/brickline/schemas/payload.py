"""The base of every payload: what a topic's events say, and in which versions."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from brickline.schemas.rules import check_definition

Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Turns the JSON data of one version of a payload into that of the next.

A pure function: it asks neither a clock nor a database, for an event may be read often, years apart. What it
is given is its own, nested values included; what it returns is copied before anybody else sees it.
"""


class Payload(BaseModel):
    """Base of the payload models: one class is the newest version of one topic.

    Writers write that version. Readers ignore fields they do not know, so that a writer may add an optional
    one without a new version. Any other change raises `version` and adds an entry to `upcasters`, keyed by
    the version it starts from. What was written before, and waits in a queue, in an outbox or among dead
    letters, is then read through all of them from its own version on; so an upcaster stays as it was written,
    also when the next one comes after it.

    A payload that was twice changed; version 1 had a `name`, version 2 had `first` and `last` and no country:

    >>> def split_name(data: Mapping[str, Any]) -> Mapping[str, Any]:
    ...     first, _, last = data["name"].partition(" ")
    ...     return {"first": first, "last": last}

    >>> def without_country(data: Mapping[str, Any]) -> Mapping[str, Any]:
    ...     return {**data, "country": "unknown"}

    >>> class CustomerRegistered(Payload):
    ...     topic: ClassVar[str] = "customer.registered"
    ...     version: ClassVar[int] = 3
    ...     upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name, 2: without_country}
    ...
    ...     first: str
    ...     last: str
    ...     country: str

    >>> CustomerRegistered.readable()
    (1, 2, 3)

    A class without a `topic` is a base of others. One that breaks a rule of these attributes raises
    `PayloadError` where it is defined.
    """

    # JSON has neither infinity nor NaN: one would be written as null, which no reader takes for a number.
    # A field with an alias is made and read by its own name, too.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, validate_by_name=True)

    topic: ClassVar[str]
    """Words of lower-case letters, digits and underscores, joined by dots; at most 128 characters."""
    version: ClassVar[int] = 1
    """From 1 to 999,999; the next version is one more."""
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}
    """By the version they start from: one for each from the oldest that can be read to the last but one."""
    ordered: ClassVar[bool] = False
    """Whether events of one tenant and one `subject` are handled in the order in which they were published.

    Costs throughput: a group of such a topic works in one process at a time, and of one subject one event at
    a time is on its way.
    """

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        check_definition(cls)

    @classmethod
    def readable(cls) -> tuple[int, ...]:
        """Return the versions that can be read, oldest first: its own, and those that upcasters lead from."""
        oldest = cls.version
        while oldest - 1 in cls.upcasters:
            oldest -= 1
        return tuple(range(oldest, cls.version + 1))

    @property
    def subject(self) -> str | None:
        """What the event is about (CloudEvents' `subject`): one string for all events of a document."""
        return None
