"""The whole document."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic_core import to_json

from brickline.contracts.maps.asyncapi.amqp import EVENTS_EXCHANGE, RELAY_EXCHANGE, channel_binding
from brickline.contracts.maps.asyncapi.envelope import CONTENT_TYPE, ENVELOPE, envelope_schema
from brickline.contracts.maps.asyncapi.messages import Message, older_messages, summary_of
from brickline.contracts.maps.asyncapi.operations import operations_of
from brickline.contracts.maps.asyncapi.schemas import schemas_of
from brickline.contracts.pipeline import Pipeline, Topic
from brickline.contracts.snapshots import Snapshot

_ABOUT = f"""Every event of the pipeline, as its services declare it.

Events are CloudEvents 1.0 in structured JSON mode; an attribute without a value is left out. A program
outside publishes to the exchange `{EVENTS_EXCHANGE}` with the topic as the routing key. To read what the
services publish, bind a queue of your own to `{RELAY_EXCHANGE}` as well, by the same key.

Readers ignore fields they do not know. A change that would break a reader is a new version of the topic, with
a message of its own."""
_DIGITS = 12


def asyncapi(pipeline: Pipeline, recorded: Mapping[str, Snapshot]) -> str:
    """Write the pipeline as an AsyncAPI 3.0.0 document in JSON.

    Its version is a digest of what it says, so that it changes with that and with nothing else. Raises
    `UnrepresentableModel`.
    """
    data, schemas = schemas_of(pipeline.payloads)
    messages: dict[str, list[Message]] = {}
    for topic in pipeline.topics:
        messages[topic.name] = [Message(topic, topic.payload.version, data[topic.payload])]
        for older, parts in older_messages(topic, recorded.get(topic.name)):
            messages[topic.name].insert(-1, older)
            schemas |= parts
    said = {
        "defaultContentType": CONTENT_TYPE,
        "servers": {"rabbitmq": _server()},
        "channels": {topic.name: _channel(topic, messages[topic.name]) for topic in pipeline.topics},
        "operations": {
            name: operation
            for topic in pipeline.topics
            for name, operation in operations_of(topic, [each.key for each in messages[topic.name]])
        },
        "components": {
            "messages": {each.name: each.drawn() for of_topic in messages.values() for each in of_topic},
            "schemas": {ENVELOPE: envelope_schema(), **schemas},
        },
    }
    document = {"asyncapi": "3.0.0", "id": "urn:brickline:pipeline", "info": _info(said), **said}
    return to_json(document, indent=2).decode() + "\n"


def _info(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": "Brickline",
        "version": sha256(json.dumps(said).encode()).hexdigest()[:_DIGITS],
        "description": _ABOUT,
        "license": {"name": "MIT"},
        "tags": [{"name": "cloudevents"}, {"name": "rabbitmq"}],
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{host}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ 3.10 or later.",
        "variables": {
            "host": {"default": "localhost:5672", "description": "Host and port of the broker."},
        },
    }


def _channel(topic: Topic, messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": summary_of(topic),
        "servers": [{"$ref": "#/servers/rabbitmq"}],
        "messages": {each.key: {"$ref": f"#/components/messages/{each.name}"} for each in messages},
        "bindings": {"amqp": channel_binding()},
    }
