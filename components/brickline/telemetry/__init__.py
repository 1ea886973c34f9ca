"""How a service is observed: structured logs, W3C trace ids, health, metrics.

`configure_logging` once per process, `get_logger` per module, `log_context` around a unit of work. `Health`
gathers a service's checks and `METRICS` what it counts; `HealthServer` serves both where no HTTP API does.
"""

from brickline.telemetry.context import log_context
from brickline.telemetry.errors import ListenError, TelemetryError
from brickline.telemetry.health import Check, Health, Readiness
from brickline.telemetry.health_server import HealthServer
from brickline.telemetry.listen import open_listener
from brickline.telemetry.logger import Logger, get_logger
from brickline.telemetry.logs import configure_logging
from brickline.telemetry.metrics import METRICS, Metrics
from brickline.telemetry.readings import Reading, SampledGauge
from brickline.telemetry.sampler import Sample
from brickline.telemetry.trace import format_traceparent, new_span_id, new_trace_id, parse_traceparent

__all__ = [
    "METRICS",
    "Check",
    "Health",
    "HealthServer",
    "ListenError",
    "Logger",
    "Metrics",
    "Readiness",
    "Reading",
    "Sample",
    "SampledGauge",
    "TelemetryError",
    "configure_logging",
    "format_traceparent",
    "get_logger",
    "log_context",
    "new_span_id",
    "new_trace_id",
    "open_listener",
    "parse_traceparent",
]
