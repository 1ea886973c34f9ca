"""The map as an AsyncAPI document. That it is a valid one is shown in test/workspace/test_asyncapi.py."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from brickline.contracts import (
    Contract,
    Pipeline,
    Revision,
    Snapshot,
    UnrepresentableModel,
    reader_schema,
    render,
    writer_schema,
)
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import BaseEvent, DataProcessed, EventDeadLettered, Payload, encode
from support.pipelines import group, payload, service
from support.zoo import PETS, zoo

A, B = payload("topic.a"), payload("topic.b")


def document(pipeline: Pipeline, recorded: dict[str, Snapshot] | None = None) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(render(pipeline, "asyncapi", recorded or {}))
    return drawn


def test_each_topic_is_a_channel_on_the_exchange_that_programs_outside_publish_to() -> None:
    channel = document(zoo())["channels"]["pets.seen"]

    assert channel["address"] == "pets.seen"
    assert channel["bindings"]["amqp"]["is"] == "routingKey"
    assert channel["bindings"]["amqp"]["exchange"]["name"] == "brickline.events"
    assert channel["messages"] == {"v1": {"$ref": "#/components/messages/pets.seen.v1"}}


def test_each_service_sends_and_each_group_receives() -> None:
    relay = group("relay", A, B)
    pipeline = Pipeline(
        [service("gate", 0, group("gate.b", B), publishes=(A,)), service("work", 1, relay)], [A, B]
    )
    operations = document(pipeline)["operations"]

    assert {name: each["action"] for name, each in operations.items()} == {
        "gate.send.topic.a": "send",
        "work.relay.receive.topic.a": "receive",
        "work.send.topic.b": "send",
        "gate.b.receive.topic.b": "receive",
    }
    received = operations["work.relay.receive.topic.a"]
    assert received["bindings"]["amqp"]["x-queue"] == "brickline.relay"
    assert [tag["name"] for tag in received["tags"]] == [
        "service:work",
        "tier:1",
        "group:relay",
        "project:work_project",
    ]


def test_an_announcement_is_sent_by_every_service_that_may_have_to() -> None:
    services = [service("gate", 0, group("dead", EventDeadLettered), publishes=(A,))]
    services += [service(name, 1, group(name, A)) for name in ("x", "y")]
    operations = document(Pipeline(services, [A, *ANNOUNCEMENTS]))["operations"]

    assert [name for name in operations if ".send.event.dead_lettered" in name] == [
        "x.send.event.dead_lettered",
        "y.send.event.dead_lettered",
    ]


def test_the_envelope_has_the_attributes_that_are_written_and_requires_those_that_always_are() -> None:
    full = DataProcessed(document_id=uuid4(), title="t", content="c")
    made = BaseEvent[DataProcessed].of(
        full,
        event_id=uuid4(),
        trace_id="c0ffee" + "0" * 26,
        occurred_at=datetime.now(UTC),
        source="ingestion",
        tenant="default",
        job_id=uuid4(),
        causation_id=uuid4(),
    )
    written = json.loads(encode(made))
    bare = json.loads(encode(made.model_copy(update={"job_id": None, "causation_id": None})))
    envelope = document(zoo())["components"]["schemas"]["cloudevents.envelope"]

    assert set(envelope["properties"]) == set(written)
    assert set(envelope["required"]) == set(bare) - {"subject", "datacontenttype"}
    assert all(set(each) != {"description"} for each in envelope["properties"].values())


def test_a_message_is_the_envelope_with_the_payload_as_its_data() -> None:
    message = document(zoo())["components"]["messages"]["pets.seen.v1"]

    assert message["contentType"] == "application/cloudevents+json"
    assert message["payload"]["allOf"][0] == {"$ref": "#/components/schemas/cloudevents.envelope"}
    assert message["payload"]["allOf"][1]["properties"] == {
        "type": {"const": "pets.seen"},
        "dataschema": {"const": "urn:brickline:schema:pets.seen:1"},
        "data": {"$ref": "#/components/schemas/PetsSeen"},
    }


def test_payloads_are_in_the_words_of_draft_7() -> None:
    seen = document(zoo())["components"]["schemas"]["PetsSeen"]["properties"]

    assert "discriminator" not in seen["pet"]
    assert [branch["$ref"] for branch in seen["pet"]["oneOf"]] == [
        "#/components/schemas/Cat",
        "#/components/schemas/Dog",
    ]
    assert "prefixItems" not in seen["place"]
    assert [item["type"] for item in seen["place"]["items"]] == ["number", "number"]
    assert seen["colours"]["default"] == ["blue", "green", "red"]


def test_what_stands_beside_a_reference_is_not_lost() -> None:
    assert document(zoo())["components"]["schemas"]["PetsSeen"]["properties"]["first"] == {
        "description": "The first one.",
        "allOf": [{"$ref": "#/components/schemas/Cat"}],
    }


def recorded(*models: type[Payload]) -> Snapshot:
    contracts = [
        Contract(each.topic, each.version, writer_schema(each), reader_schema(each)) for each in models
    ]
    return Snapshot(models[0].topic, tuple(Revision(each.version, 1, each) for each in contracts))


def test_an_older_version_that_is_retained_has_a_message_of_its_own_that_is_received_and_not_sent() -> None:
    newest = payload("pets.seen", {"name": str}, version=2, upcasters={1: dict})
    pipeline = Pipeline(
        [service("zoo", 0, publishes=(newest,)), service("keeper", 1, group("keeper", newest))], [newest]
    )
    drawn = document(pipeline, {"pets.seen": recorded(PETS, newest)})

    assert list(drawn["channels"]["pets.seen"]["messages"]) == ["v1", "v2"]
    assert drawn["operations"]["zoo.send.pets.seen"]["messages"] == [
        {"$ref": "#/channels/pets.seen/messages/v2"}
    ]
    assert len(drawn["operations"]["keeper.receive.pets.seen"]["messages"]) == 2
    schemas = drawn["components"]["schemas"]
    old = schemas[schemas["pets.seen.v1"]["$ref"].rpartition("/")[2]]
    assert set(old["properties"]) == {"pet", "first", "other", "place", "colours", "notes"}
    text = json.dumps(drawn)
    missing = [
        reference
        for reference in set(text.split('"#/components/schemas/')[1:])
        if reference.split('"')[0] not in schemas
    ]
    assert missing == []


def test_the_version_of_the_document_changes_with_what_it_says_alone() -> None:
    other = Pipeline([service("zoo", 0, publishes=(A,)), service("end", 1, group("end", A))], [A])

    assert document(zoo())["info"]["version"] == document(zoo())["info"]["version"]
    assert document(zoo())["info"]["version"] != document(other)["info"]["version"]


def test_a_payload_that_has_no_schema_is_named() -> None:
    strange = payload("strange", {"call": Callable[[], None]})
    pipeline = Pipeline([service("s", 0, publishes=(strange,))], [strange])

    with pytest.raises(UnrepresentableModel, match="Strange"):
        render(pipeline, "asyncapi")


_DRAW = """
import sys
sys.path[:0] = {paths!r}
from support.zoo import zoo
from brickline.contracts import render
for form in ("text", "mermaid", "json", "asyncapi"):
    sys.stdout.write(render(zoo(), form))
"""


def test_every_form_is_the_same_in_every_process() -> None:
    code = _DRAW.format(paths=[*sys.path])

    def drawn(seed: int) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, timeout=60
        ).stdout

    assert len({drawn(seed) for seed in (1, 2, 3)}) == 1
