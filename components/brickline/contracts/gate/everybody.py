"""The deployment of a changed envelope, which every project reads and writes."""

from dataclasses import replace

from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.order import Change, Order
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.rollout import Rollout

_WHY = "old and new read each other"


def change_of_envelope() -> Change:
    """Return the only change there can be: one that is safe in both directions."""
    return Change(ENVELOPE, Order.ANY, _WHY)


def with_everybody(order: Rollout, pipeline: Pipeline) -> Rollout:
    """Add each project that is not in an order: whenever it suits, and not before another."""
    placed = {project for step in order.steps for project in step}
    others = {project for each in pipeline.services for project in each.projects} - placed
    reasons = (*order.reasons, f"{ENVELOPE}: in any order ({_WHY})")
    if not order.steps and not order.conflicts:
        return replace(order, steps=(tuple(sorted(others)),), alone=(), reasons=reasons)
    return replace(order, alone=tuple(sorted(others)), reasons=reasons)
