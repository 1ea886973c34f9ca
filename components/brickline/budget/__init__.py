"""Money: a ledger of every call, and limits on what they spend, kept by Postgres for all workers together.

A call's worst case is reserved before it is made, in every window that has a limit; then it is settled at
what it cost.
"""

from brickline.budget.budgets import BudgetLine, Budgets
from brickline.budget.entry import Entry, Looked, ModelTotal, State, Swept, Total
from brickline.budget.errors import BudgetError, CallInFlight, InvalidRequest, NotDispatched, OverBudget
from brickline.budget.ledger import Ledger
from brickline.budget.money import usd
from brickline.budget.scope import Period, Scope
from brickline.budget.sql import MIGRATIONS
from brickline.budget.wish import Wish

__all__ = [
    "MIGRATIONS",
    "BudgetError",
    "BudgetLine",
    "Budgets",
    "CallInFlight",
    "Entry",
    "InvalidRequest",
    "Ledger",
    "Looked",
    "ModelTotal",
    "NotDispatched",
    "OverBudget",
    "Period",
    "Scope",
    "State",
    "Swept",
    "Total",
    "Wish",
    "usd",
]
