"""The envelope as a schema: CloudEvents 1.0 in structured JSON mode, as the schemas brick writes it."""

from typing import Any

from brickline.contracts.maps.asyncapi.draft7 import draft7
from brickline.schemas import Envelope

ENVELOPE = "cloudevents.envelope"
"""Its name among the schemas, which no model of pydantic's can have."""
CONTENT_TYPE = "application/cloudevents+json"

_ON_THE_WIRE: dict[str, dict[str, Any]] = {
    "id": {"description": "UUIDv7. Keep it when an event is sent again: by it a repeat is skipped."},
    "type": {"description": "The topic."},
    "source": {"description": "The service that published the event."},
    "time": {"description": "When it came about."},
    "datacontenttype": {"type": "string", "const": "application/json"},
    "dataschema": {
        "type": "string",
        "pattern": "^urn:brickline:schema:[^:]+:[1-9][0-9]{0,5}$",
        "description": "Topic and version.",
    },
    "traceparent": {
        "type": "string",
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        "description": "The W3C trace context in which the flow started.",
    },
    "subject": {"type": "string", "description": "What the event is about, such as a document's id."},
    "tenant": {"description": "Whose data the event carries."},
    "jobid": {"type": "string", "format": "uuid"},
    "causationid": {"type": "string", "format": "uuid", "description": "The event that caused this one."},
    "data": {"type": "object", "description": "The payload."},
}
"""What the reader's model does not say: it takes two attributes apart, and takes null for missing."""


def envelope_schema() -> dict[str, Any]:
    """Return the schema that holds for events of every topic."""
    model = Envelope.model_json_schema()
    read: dict[str, dict[str, Any]] = model["properties"]
    properties = {name: _attribute(name, read.get(name, {})) for name in {**read, **_ON_THE_WIRE}}
    return {
        "type": "object",
        "description": "CloudEvents 1.0, with extensions of this system. Readers ignore other attributes.",
        "properties": draft7(properties),
        "required": [*model["required"]],
    }


def message_schema(topic: str, version: int, data: Any) -> dict[str, Any]:
    """Return the schema of an event whose payload is of the schema `data`."""
    return {
        "allOf": [
            {"$ref": f"#/components/schemas/{ENVELOPE}"},
            {
                "type": "object",
                "properties": {
                    "type": {"const": topic},
                    "dataschema": {"const": f"urn:brickline:schema:{topic}:{version}"},
                    "data": data,
                },
            },
        ]
    }


def _attribute(name: str, read: dict[str, Any]) -> dict[str, Any]:
    known = _ON_THE_WIRE.get(name, {})
    said = {} if "type" in known else {key: value for key, value in read.items() if key != "title"}
    return said | known
