"""The language the services share: the event envelope, the payloads, and their form on the wire."""

from brickline.schemas.envelope import BaseEvent, Payload, Tenant, TraceId, Upcaster
from brickline.schemas.errors import (
    InvalidPayload,
    SchemaError,
    UnexpectedTopic,
    UnknownVersion,
    UnreadableEvent,
)
from brickline.schemas.payloads import (
    MAX_INLINE_BYTES,
    AnalysisCompleted,
    DataProcessed,
    EventDeadLettered,
    Insights,
    ReportUpdated,
)
from brickline.schemas.routes import ROUTES
from brickline.schemas.wire import Envelope, decode, encode, peek

__all__ = [
    "MAX_INLINE_BYTES",
    "ROUTES",
    "AnalysisCompleted",
    "BaseEvent",
    "DataProcessed",
    "Envelope",
    "EventDeadLettered",
    "Insights",
    "InvalidPayload",
    "Payload",
    "ReportUpdated",
    "SchemaError",
    "Tenant",
    "TraceId",
    "UnexpectedTopic",
    "UnknownVersion",
    "UnreadableEvent",
    "Upcaster",
    "decode",
    "encode",
    "peek",
]
