"""Prices from the list that comes as a package: the most that can apply, or none."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from genai_prices import data_snapshot
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)

from brickline.llm_routing import ProviderKind
from brickline.llm_routing.models.prices import Price, highest_price, listed_price

TODAY = datetime.now(UTC).date()


def price(inputs: str, outputs: str) -> ModelPrice:
    return ModelPrice(input_mtok=Decimal(inputs), output_mtok=Decimal(outputs))


def highest(prices: ModelPrice | list[ConditionalPrice]) -> Price | None:
    return highest_price(ModelInfo("m", ClauseEquals("m"), prices=prices), caches_unasked=False)


def since(day: date) -> StartDateConstraint:
    return StartDateConstraint(day)


def test_a_known_model_has_its_price() -> None:
    assert listed_price(ProviderKind.OPENAI, "gpt-4o-mini") == Price(Decimal("0.15"), Decimal("0.6"))


def test_a_vendor_is_also_known_by_its_address() -> None:
    known = listed_price(
        ProviderKind.OPENAI_COMPATIBLE, "llama-3.3-70b-versatile", "https://api.groq.com/openai/v1"
    )
    assert known == Price(Decimal("0.59"), Decimal("0.79"))


@pytest.mark.parametrize(
    ("kind", "model", "url"),
    [
        (ProviderKind.OPENAI, "no-such-model", None),
        (ProviderKind.ANTHROPIC, "gpt-4o-mini", None),
        (ProviderKind.OPENAI_COMPATIBLE, "gpt-4o-mini", "http://127.0.0.1:11434/v1"),
        (ProviderKind.OPENAI_COMPATIBLE, "gpt-4o-mini", None),
        (ProviderKind.OPENAI, "text-embedding-3-small", None),
    ],
)
def test_what_is_not_listed_or_gives_no_text_has_no_price(
    kind: ProviderKind, model: str, url: str | None
) -> None:
    assert listed_price(kind, model, url) is None


def test_of_a_price_that_depends_on_the_length_the_highest_counts() -> None:
    tiered = ModelPrice(
        input_mtok=TieredPrices(
            base=Decimal(1), tiers=[Tier(200_000, Decimal(2)), Tier(900_000, Decimal("1.5"))]
        ),
        output_mtok=Decimal(3),
    )
    assert highest(tiered) == Price(Decimal(2), Decimal(3))


def test_of_a_price_that_depends_on_the_time_of_day_the_highest_counts() -> None:
    night = TimeOfDateConstraint(time(16, tzinfo=UTC), time(0, tzinfo=UTC))
    prices = [ConditionalPrice(prices=price("5", "9")), ConditionalPrice(night, prices=price("1", "10"))]
    assert highest(prices) == Price(Decimal(5), Decimal(10))


def test_a_price_of_the_past_does_not_count_and_one_to_come_does() -> None:
    prices = [
        ConditionalPrice(prices=price("100", "100")),
        ConditionalPrice(since(TODAY - timedelta(days=9)), prices=price("2", "4")),
        ConditionalPrice(since(TODAY + timedelta(days=9)), prices=price("1", "5")),
    ]
    assert highest(prices) == Price(Decimal(2), Decimal(5))


def test_a_model_that_is_charged_by_the_call_has_no_price_per_token() -> None:
    per_call = ModelPrice(input_mtok=Decimal(1), output_mtok=Decimal(1), requests_kcount=Decimal(5))
    assert highest(per_call) is None


def test_where_a_prompt_may_be_cached_unasked_the_price_of_that_counts() -> None:
    cached = ModelPrice(input_mtok=Decimal(4), cache_write_mtok=Decimal(5), output_mtok=Decimal(20))
    info = ModelInfo("m", ClauseEquals("m"), prices=cached)
    assert highest_price(info, caches_unasked=True) == Price(Decimal(5), Decimal(20))
    assert highest_price(info, caches_unasked=False) == Price(Decimal(4), Decimal(20))


def test_no_price_of_the_list_is_below_what_the_list_charges_now() -> None:
    snapshot, now = data_snapshot.get_snapshot(), datetime.now(UTC)
    compared = 0
    for provider in snapshot.providers:
        if provider.id not in ("openai", "anthropic", "google"):
            continue
        for model in provider.models:
            bound = listed_price(ProviderKind(provider.id), model.id)
            active = model.get_prices(now)
            if bound is not None and isinstance(active.input_mtok, Decimal):
                assert bound.input >= active.input_mtok, model.id
                compared += 1
    assert compared > 100


def test_the_list_is_read_only_when_a_price_is_asked_for() -> None:
    code = (
        "import sys, brickline.llm_routing as it; from pathlib import Path; it.CatalogueFile(None).current();"
        "sys.exit(any('genai_prices' in name for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
