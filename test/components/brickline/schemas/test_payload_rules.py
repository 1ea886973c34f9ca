"""A payload that could not be published, read or announced is refused where its class is defined."""

import doctest
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from brickline.schemas import PAYLOADS, Payload, PayloadError, SchemaError, Upcaster, decode

ENVELOPE = (
    b'{"specversion":"1.0","id":"0197c8a0-0000-7000-8000-000000000001","type":"customer.registered",'
    b'"source":"shop","time":"2026-01-01T00:00:00Z","dataschema":"urn:brickline:schema:customer.registered:%d",'
    b'"traceparent":"00-11111111111111111111111111111111-2222222222222222-01","tenant":"acme","data":%s}'
)


def step(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return data


async def slow_step(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return data


def greedy_step(data: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    return data


def defined(**attributes: object) -> type[Payload]:
    """A payload class with these attributes."""
    return type("Made", (Payload,), {"__module__": "shop", "topic": "shop.made", **attributes})


@pytest.mark.parametrize("topic", ["a", "data.processed", "event.dead_lettered", "a1.b_2.c", "a" * 128])
def test_a_topic_is_made_of_words_joined_by_dots(topic: str) -> None:
    assert defined(topic=topic).topic == topic


@pytest.mark.parametrize(
    "topic",
    [
        *("", "Data.processed", "data processed", "data-processed", "data.*", "#", "a..b", ".a", "a.", ".."),
        *("a/b", "a:1", "é", "a\n", "a" * 129, 7, b"data"),
    ],
)
def test_any_other_topic_is_refused(topic: object) -> None:
    with pytest.raises(PayloadError, match=r"shop\.Made has the topic .* such as 'order\.cancelled'"):
        defined(topic=topic)


@pytest.mark.parametrize("version", [0, -1, 1_000_000, True, "1", 1.0, None])
def test_a_version_is_a_whole_number_from_1_to_999999(version: object) -> None:
    with pytest.raises(
        PayloadError, match=r"has the version .*: a version is a whole number from 1 to 999999"
    ):
        defined(version=version)
    assert defined(version=999_999).readable() == (999_999,)


@pytest.mark.parametrize(
    ("version", "upcasters", "says"),
    [
        (1, {1: step}, "has an upcaster from version 1, and its own version is 1"),
        (2, {2: step}, "has an upcaster from version 2, and its own version is 2"),
        (2, {0: step, 1: step}, "has an upcaster from version 0"),
        (2, {True: step}, "has an upcaster from version True"),
        (2, {"1": step}, "has an upcaster from version '1'"),
        (
            3,
            {1: step},
            r"has no upcaster from version 2: the chain from version 1 to 3 ends there.*\{2: func",
        ),
        (5, {1: step, 2: step, 4: step}, "has no upcaster from version 3"),
        (2, [step], "has upcasters that are a list: write {1: function}"),
        (2, None, "has upcasters that are a NoneType"),
        (2, {1: "step"}, "has 'step' for its upcaster from version 1: it must be a function"),
        (2, {1: slow_step}, "has slow_step for its upcaster .* not a coroutine function"),
        (2, {1: greedy_step}, "has greedy_step .* called with the data alone: missing a required argument"),
    ],
)
def test_upcasters_form_a_chain_of_functions_up_to_the_version(
    version: int, upcasters: object, says: str
) -> None:
    with pytest.raises(PayloadError, match=says):
        defined(version=version, upcasters=upcasters)


def test_what_can_be_read_begins_where_the_chain_of_upcasters_does() -> None:
    assert defined().readable() == (1,)
    assert defined(version=3).readable() == (3,)
    assert defined(version=3, upcasters={2: step}).readable() == (2, 3)
    assert defined(version=4, upcasters={3: dict, 1: step, 2: lambda data: data}).readable() == (1, 2, 3, 4)


@pytest.mark.parametrize("name", ["topic", "version", "upcasters", "ordered", "subject", "readable"])
def test_a_field_cannot_have_the_name_of_what_every_payload_has(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic remarks on some of them too
        with pytest.raises(PayloadError, match=f"has a field '{name}'.*with an alias"):
            defined(__annotations__={name: str})


def test_a_base_without_a_topic_leaves_the_rest_open() -> None:
    class Base(Payload):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: step, 2: step}

    class Made(Base):
        topic: ClassVar[str] = "shop.made"
        version: ClassVar[int] = 3

    assert Made.readable() == (1, 2, 3)


def test_a_payload_can_be_derived_from_another_and_is_held_to_the_rules_too() -> None:
    class Made(Payload):
        topic: ClassVar[str] = "shop.made"
        version: ClassVar[int] = 2
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: step}

    class Next(Made):
        version: ClassVar[int] = 3
        upcasters: ClassVar[Mapping[int, Upcaster]] = {**Made.upcasters, 2: step}

    assert (Next.topic, Next.readable()) == (Made.topic, (1, 2, 3))
    with pytest.raises(PayloadError, match=r"\.Forgetful has no upcaster from version 2"):

        class Forgetful(Made):
            version: ClassVar[int] = 3


def test_the_error_is_one_of_this_brick() -> None:
    assert issubclass(PayloadError, SchemaError)


def test_every_payload_reads_its_own_version() -> None:
    assert all(payload.version in payload.readable() for payload in PAYLOADS)


def test_the_example_of_three_versions_does_what_it_says() -> None:
    names = {"Any": Any, "ClassVar": ClassVar, "Mapping": Mapping, "Payload": Payload, "Upcaster": Upcaster}
    [example] = doctest.DocTestFinder(recurse=False).find(Payload, globs={**names, "__name__": __name__})
    outcome = doctest.DocTestRunner().run(example, clear_globs=False)
    assert (outcome.failed, outcome.attempted) == (0, 4)
    registered = example.globs["CustomerRegistered"]
    for version, data in [
        (1, b'{"name": "Ada Quill"}'),
        (2, b'{"first": "Ada", "last": "Quill"}'),
        (3, b'{"first": "Ada", "last": "Quill", "country": "unknown"}'),
    ]:
        read = decode(ENVELOPE % (version, data), registered)
        assert read.payload == registered(first="Ada", last="Quill", country="unknown")
