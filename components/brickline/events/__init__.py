"""Events that cannot be lost: consumers, the outbox and its relay, the inbox, retries and dead letters.

A step subclasses `Consumer`; a service runs its consumers and its relay in one `EventRuntime` over one
`Database` and one `Bus`. Publishing is a row in the outbox, in the transaction of the change it announces.
"""

from brickline.events.bus import Bus, Deliveries, Delivery, Message, Subscription
from brickline.events.consumer import Consumer
from brickline.events.context import EventContext, StepCall
from brickline.events.contract_record import ContractLimits
from brickline.events.delivery_queue import DeliveryQueue
from brickline.events.errors import (
    BusError,
    BusUnavailable,
    Deferred,
    EventsError,
    PermanentError,
    TopologyMismatch,
    TransactionMisuse,
    TransientError,
    UndeclaredPublish,
    Unroutable,
)
from brickline.events.failures import FailureClass
from brickline.events.outbox import Origin, Transaction
from brickline.events.pauses import Pause, pause_group, paused_groups, resume_group
from brickline.events.retry import RetryPolicy
from brickline.events.runtime import MIGRATIONS, EventRuntime

__all__ = [
    "MIGRATIONS",
    "Bus",
    "BusError",
    "BusUnavailable",
    "Consumer",
    "ContractLimits",
    "Deferred",
    "Deliveries",
    "Delivery",
    "DeliveryQueue",
    "EventContext",
    "EventRuntime",
    "EventsError",
    "FailureClass",
    "Message",
    "Origin",
    "Pause",
    "PermanentError",
    "RetryPolicy",
    "StepCall",
    "Subscription",
    "TopologyMismatch",
    "Transaction",
    "TransactionMisuse",
    "TransientError",
    "UndeclaredPublish",
    "Unroutable",
    "pause_group",
    "paused_groups",
    "resume_group",
]
