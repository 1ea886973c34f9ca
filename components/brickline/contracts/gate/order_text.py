"""An order of deployment in one clause."""

from brickline.contracts.rollout import Rollout
from brickline.contracts.stages import named


def order_text(order: Rollout) -> str:
    """Return it as one would tell it: `deploy a and b, then c; d at any time`."""
    if order.conflicts:
        return "; ".join(order.conflicts)
    said = [f"deploy {', then '.join(map(named, order.steps))}"] if order.steps else []
    said += [f"{named(order.alone)} at any time, as a whole"] if order.alone else []
    return "; ".join(said) or "nobody has to be deployed"
