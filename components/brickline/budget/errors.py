"""What can stand between a call and its money."""

from datetime import datetime
from typing import Literal

from brickline.budget.money import usd


class BudgetError(Exception):
    """Root of everything this brick raises."""


class InvalidRequest(BudgetError):
    """Raised for what no budget can mean: a negative amount, a NUL in a name, a scope that is none."""


class OverBudget(BudgetError):
    """Raised by a reservation that does not fit into every window it concerns; nothing was reserved.

    `by` is "spend" where what is spent leaves no room, "doubts" where it does together with what is held for
    calls that may have been billed, and "holds" where only what calls in hand may yet cost is in the way.
    `until` is when to try again: the end of the window, or the first end of a hold. None: waiting does not
    help, only a higher limit does, or to say what the calls in doubt cost.
    """

    def __init__(
        self,
        scope: str,
        period: str,
        by: Literal["spend", "doubts", "holds"],
        until: datetime | None,
        *,
        limit_micros: int,
        spent_micros: int,
        held_micros: int,
        amount_micros: int,
    ) -> None:
        held = "held for calls in doubt" if by == "doubts" else "held"
        when = "raise the limit" if until is None else f"there may be room from {until:%Y-%m-%dT%H:%M:%SZ}"
        super().__init__(
            f"the {period} budget of {scope} has no room for {usd(amount_micros)}: of {usd(limit_micros)}, "
            f"{usd(spent_micros)} is spent and {usd(held_micros)} {held}; {when}"
        )
        self.scope = scope
        self.period = period
        self.by = by
        self.until = until
        self.limit_micros = limit_micros
        self.spent_micros = spent_micros
        self.held_micros = held_micros
        self.amount_micros = amount_micros


class CallInFlight(BudgetError):
    """Raised when the same call, or one that asks the same, is in other hands, until `until` at the latest.

    It may end sooner, and it may have ended already: look again then.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"another worker has this call in hand, until {until:%Y-%m-%dT%H:%M:%SZ} at the latest"
        )
        self.until = until


class NotDispatched(BudgetError):
    """Raised when a call is to be settled that was never dispatched, or was released: it cost nothing.

    Who gets it has asked a model without waiting for `dispatch` to return True.
    """
