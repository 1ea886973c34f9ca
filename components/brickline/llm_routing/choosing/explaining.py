"""How a call would be routed that nobody has made."""

from collections.abc import Mapping
from datetime import datetime

from brickline.llm_routing.asking.question import overhead_tokens
from brickline.llm_routing.choosing.decision import Decision
from brickline.llm_routing.choosing.router import BYTES_PER_TOKEN, route
from brickline.llm_routing.models.catalogue import Catalogue
from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.task import OutputT, Task


def explain(
    task: Task[OutputT],
    text_tokens: int,
    catalogue: Catalogue,
    states: Mapping[str, ModelState],
    problems: Mapping[str, str],
    now: datetime,
) -> Decision:
    """Rank the models for a text of about so many tokens, as a client would that is given one now.

    As there, costs are bounded by the bytes of the whole request: four for each token of natural text.
    """
    bound = overhead_tokens(task) + text_tokens * BYTES_PER_TOKEN
    return route(task, bound, catalogue, states, problems, now)
