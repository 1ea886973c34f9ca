"""What models cost according to a public price list that comes as a package: no network is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from brickline.llm_routing.models.model import ProviderKind

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

_IN_LIST = {
    ProviderKind.OPENAI: "openai",
    ProviderKind.ANTHROPIC: "anthropic",
    ProviderKind.GOOGLE: "google",
}


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens: the most that can apply, so that what is bounded by it is bounded."""

    input: Decimal
    output: Decimal


@cache
def listed_price(provider: ProviderKind, model: str, base_url: str | None = None) -> Price | None:
    """Look up a model; `base_url` tells whose it is where `provider` speaks for many. None: it is not listed.

    Where the price depends on the length of the text or on the time of day, it is the highest; of one that
    changes at a date, the highest of today's and those to come. What a provider charges for a faster or a
    slower tier of service is not in it: the adapters ask for none.
    """
    from genai_prices.data_snapshot import get_snapshot  # 0.4 s that only a file without prices need spend

    listed = _IN_LIST.get(provider)
    if listed is None and base_url is None:
        return None
    try:
        _, info = get_snapshot().find_provider_model(model, None, listed, None if listed else base_url)
    except LookupError:
        return None
    return highest_price(info, caches_unasked=provider is ProviderKind.OPENAI)


def highest_price(info: "ModelInfo", *, caches_unasked: bool) -> Price | None:
    """Return the most that tokens of a listed model can cost from now on; None: not by the token alone.

    `caches_unasked`: prompts may be written to the vendor's cache, at its own price, without being told to.
    """
    prices = tuple(_applicable(info, datetime.now(UTC)))
    inputs = _highest(prices, ("input_mtok", "cache_write_mtok") if caches_unasked else ("input_mtok",))
    outputs = _highest(prices, ("output_mtok",))
    if inputs is None or outputs is None or any(_charges_otherwise(price) for price in prices):
        return None
    return Price(inputs, outputs)


def _applicable(info: "ModelInfo", now: datetime) -> Iterator["ModelPrice"]:
    """Yield every price but those that a later one, which has begun, stands in for."""
    from genai_prices.types import ConditionalPrice, TimeOfDateConstraint

    if not isinstance(info.prices, list):
        yield info.prices
        return
    conditional: list[ConditionalPrice] = info.prices
    for price in reversed(conditional):  # the last that is active counts
        yield price.prices
        constraint = price.constraint
        ends_here = constraint is None or (
            not isinstance(constraint, TimeOfDateConstraint) and constraint.active(now)
        )
        if ends_here:
            return


def _highest(prices: tuple["ModelPrice", ...], keys: tuple[str, ...]) -> Decimal | None:
    """Return the highest price of any of `keys`; None where a price lacks the first, the usual one."""
    if any(getattr(price, keys[0]) is None for price in prices):
        return None
    return max((each for price in prices for key in keys for each in _tiers(price, key)), default=None)


def _tiers(price: "ModelPrice", key: str) -> Iterator[Decimal]:
    from genai_prices.types import TieredPrices

    value = getattr(price, key)
    if isinstance(value, TieredPrices):
        yield value.base
        yield from (tier.price for tier in value.tiers)
    elif value is not None:
        yield value


def _charges_otherwise(price: "ModelPrice") -> bool:
    """Whether a call costs something besides its tokens, which no price per token bounds."""
    return bool(price.requests_kcount)
