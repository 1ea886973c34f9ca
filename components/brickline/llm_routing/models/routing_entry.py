"""What the `[routing]` table of a models file says."""

from typing import cast

from brickline.llm_routing.models.catalogue import OnAmbiguous, Routing, Semantic, Weights, WhenSpent
from brickline.llm_routing.models.toml_table import Table

_KEYS = ("weights", "when_spent", "on_ambiguous", "cache", "cache_days", "semantic")
_WEIGHTS = ("cost", "latency", "quality")
_HEAVIEST = 1000
_SEMANTIC = ("off", "shadow", "on")
_KEPT_DAYS = 30
"""Answers are forgotten after that."""


def read_routing(root: Table) -> Routing:
    """Read the table; what is not stated, or is noted as a problem, is as by default."""
    table = root.table("routing")
    if table is None:
        return Routing()
    table = table.named("routing")
    table.only(_KEYS)
    usual = Routing()
    when_spent = table.one_of("when_spent", [each.value for each in WhenSpent])
    on_ambiguous = table.one_of("on_ambiguous", [each.value for each in OnAmbiguous])
    cache, cache_days = table.flag("cache"), table.number("cache_days", 0, _KEPT_DAYS)
    semantic = table.one_of("semantic", _SEMANTIC)
    return Routing(
        weights=_weights(table),
        when_spent=usual.when_spent if when_spent is None else WhenSpent(when_spent),
        on_ambiguous=usual.on_ambiguous if on_ambiguous is None else OnAmbiguous(on_ambiguous),
        cache=usual.cache if cache is None else cache,
        cache_days=usual.cache_days if cache_days is None else float(cache_days),
        semantic=usual.semantic if semantic is None else cast(Semantic, semantic),
    )


def _weights(routing: Table) -> Weights:
    """Read the weights; of some that are stated, one that is not counts nothing."""
    table = routing.table("weights")
    if table is None:
        return Weights()
    table.only(_WEIGHTS)
    read = [table.number(name, 0, _HEAVIEST) for name in _WEIGHTS]
    stated = [float(weight) for weight in read if weight is not None]
    if stated and not any(stated) and len(stated) == len(list(table)):
        routing.problem("weights", "the weights are all zero, so no model ranks before another: raise one")
    if not any(stated):
        return Weights()
    cost, latency, quality = (0.0 if weight is None else float(weight) for weight in read)
    return Weights(cost, latency, quality)
