"""The language the services share: the event envelope, the payloads, and their form on the wire."""

from brickline.schemas.cloud_event import Envelope
from brickline.schemas.digest import schema_digest
from brickline.schemas.envelope import BaseEvent, Tenant, TraceId
from brickline.schemas.errors import (
    FutureEvent,
    InvalidPayload,
    OversizedEvent,
    PayloadError,
    SchemaError,
    UnexpectedTopic,
    UnknownVersion,
    UnreadableEvent,
    UnwritableEvent,
)
from brickline.schemas.limits import MAX_AHEAD, MAX_EVENT_BYTES
from brickline.schemas.payload import Payload, Upcaster
from brickline.schemas.payloads import (
    MAX_INLINE_BYTES,
    PAYLOADS,
    AnalysisCompleted,
    DataProcessed,
    EventDeadLettered,
    EventDeferred,
    Insights,
    ReportUpdated,
)
from brickline.schemas.routes import ORDERED, ROUTES
from brickline.schemas.upcast import upcast
from brickline.schemas.wire import decode, encode, peek

__all__ = [
    "MAX_AHEAD",
    "MAX_EVENT_BYTES",
    "MAX_INLINE_BYTES",
    "ORDERED",
    "PAYLOADS",
    "ROUTES",
    "AnalysisCompleted",
    "BaseEvent",
    "DataProcessed",
    "Envelope",
    "EventDeadLettered",
    "EventDeferred",
    "FutureEvent",
    "Insights",
    "InvalidPayload",
    "OversizedEvent",
    "Payload",
    "PayloadError",
    "ReportUpdated",
    "SchemaError",
    "Tenant",
    "TraceId",
    "UnexpectedTopic",
    "UnknownVersion",
    "UnreadableEvent",
    "UnwritableEvent",
    "Upcaster",
    "decode",
    "encode",
    "peek",
    "schema_digest",
    "upcast",
]
