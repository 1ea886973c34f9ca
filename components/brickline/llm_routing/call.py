"""Who a call is made for."""

from typing import Protocol
from uuid import UUID


class Call(Protocol):
    """Identifies one call: a given (`event_id`, `step`) is answered, and paid for, once per tenant.

    A consumer supplies it for the event it is handling; `step` tells apart the calls of one handler.
    """

    @property
    def tenant(self) -> str:
        """Whose account the call goes to."""
        ...

    @property
    def event_id(self) -> UUID:
        """The event being handled, the same on every redelivery."""
        ...

    @property
    def step(self) -> str:
        """The name of this call within the handling of the event."""
        ...

    @property
    def trace_id(self) -> str:
        """The W3C trace the event belongs to, 32 hex digits."""
        ...
