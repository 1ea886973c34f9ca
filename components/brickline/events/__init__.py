"""Events that cannot be lost: consumers, the outbox and its relay, the inbox, retries and dead letters.

A step subclasses `Consumer`; a service runs its consumers and its relay in one `EventRuntime` over one
`Database` and one `Bus`. Publishing is a row in the outbox, in the transaction of the change it announces.
"""

from brickline.events.announcements import ANNOUNCEMENTS
from brickline.events.batch_consumer import BatchConsumer
from brickline.events.batch_context import BatchContext
from brickline.events.bus import (
    DELIVERY_LIMIT,
    UNROUTED,
    Bus,
    Deliveries,
    Delivery,
    Message,
    Place,
    Subscription,
)
from brickline.events.consumer import Consumer
from brickline.events.context import EventContext, StepCall
from brickline.events.contract_record import ContractLimits
from brickline.events.dead_letters import (
    Body,
    Canary,
    CanaryOutcome,
    DeadLetterDesk,
    DeadLetterError,
    Death,
    DiscardReport,
    Letter,
    LetterClosed,
    LetterDetail,
    LetterFilter,
    LetterGroup,
    LetterPage,
    LetterState,
    NoEventInside,
    ReplayOrder,
    ReplayReport,
    UnfitEdit,
    UnknownLetter,
    UnknownService,
    WrongRequest,
)
from brickline.events.delivery_queue import DeliveryQueue
from brickline.events.duplicates import read_duplicates
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
from brickline.events.group import ConsumerGroup
from brickline.events.hastening import hasten
from brickline.events.held_versions import Holdings, holdings
from brickline.events.notice_queue import MAX_NOTICE_BYTES, NoticeQueue
from brickline.events.outbox import Origin, Transaction
from brickline.events.pause_desk import (
    GroupNotPaused,
    PauseDesk,
    PausedGroup,
    PauseTableMissing,
    UnknownGroup,
)
from brickline.events.pauses import GroupError, Pause, pause_group, paused_groups, resume_group
from brickline.events.presence import (
    UNRELEASED,
    Announced,
    Announcement,
    Pace,
    Release,
    Skew,
    announced,
    skews,
)
from brickline.events.retry import MAX_ATTEMPTS, RetryPolicy
from brickline.events.runtime import MIGRATIONS, EventRuntime
from brickline.events.service import Service
from brickline.events.timeline import read_timeline
from brickline.events.timeline_steps import (
    AttemptFailed,
    DeadLettered,
    Discarded,
    Published,
    Replayed,
    Settled,
    TimelineStep,
    Waiting,
)
from brickline.events.topic_traces import has_traces

__all__ = [
    "ANNOUNCEMENTS",
    "DELIVERY_LIMIT",
    "MAX_ATTEMPTS",
    "MAX_NOTICE_BYTES",
    "MIGRATIONS",
    "UNRELEASED",
    "UNROUTED",
    "Announced",
    "Announcement",
    "AttemptFailed",
    "BatchConsumer",
    "BatchContext",
    "Body",
    "Bus",
    "BusError",
    "BusUnavailable",
    "Canary",
    "CanaryOutcome",
    "Consumer",
    "ConsumerGroup",
    "ContractLimits",
    "DeadLetterDesk",
    "DeadLetterError",
    "DeadLettered",
    "Death",
    "Deferred",
    "Deliveries",
    "Delivery",
    "DeliveryQueue",
    "DiscardReport",
    "Discarded",
    "EventContext",
    "EventRuntime",
    "EventsError",
    "FailureClass",
    "GroupError",
    "GroupNotPaused",
    "Holdings",
    "Letter",
    "LetterClosed",
    "LetterDetail",
    "LetterFilter",
    "LetterGroup",
    "LetterPage",
    "LetterState",
    "Message",
    "NoEventInside",
    "NoticeQueue",
    "Origin",
    "Pace",
    "Pause",
    "PauseDesk",
    "PauseTableMissing",
    "PausedGroup",
    "PermanentError",
    "Place",
    "Published",
    "Release",
    "ReplayOrder",
    "ReplayReport",
    "Replayed",
    "RetryPolicy",
    "Service",
    "Settled",
    "Skew",
    "StepCall",
    "Subscription",
    "TimelineStep",
    "TopologyMismatch",
    "Transaction",
    "TransactionMisuse",
    "TransientError",
    "UndeclaredPublish",
    "UnfitEdit",
    "UnknownGroup",
    "UnknownLetter",
    "UnknownService",
    "Unroutable",
    "Waiting",
    "WrongRequest",
    "announced",
    "has_traces",
    "hasten",
    "holdings",
    "pause_group",
    "paused_groups",
    "read_duplicates",
    "read_timeline",
    "resume_group",
    "skews",
]
