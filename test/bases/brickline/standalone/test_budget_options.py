"""What the options of `brickline budget` and `brickline route` mean, and what is refused in a sentence."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from brickline.budget import Scope
from brickline.llm_routing import Weights
from brickline.standalone.budget import run as budget
from brickline.standalone.budget.changing import Wanted
from brickline.standalone.money import as_usd, read_usd, usd
from brickline.standalone.route import run as route
from brickline.standalone.route.weights import read_weights
from brickline.standalone.wrong_option import WrongOption

NOWHERE = budget.Where(Path("/nonexistent/data"), None)
EVENT = UUID("0192f5c4-7e0e-7000-8000-000000000000")


@pytest.mark.parametrize(
    ("text", "micros"),
    [("5", 5_000_000), ("0", 0), ("0.25", 250_000), ("$1.000001", 1_000_001), (" 12 ", 12_000_000)],
)
def test_dollars_are_read_to_the_micro_dollar(text: str, micros: int) -> None:
    assert read_usd("--limit-usd", text) == micros


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-5", "never below zero"),
        ("-0.1", "never below zero"),
        ("0.0000001", "six decimals"),
        ("1e3", "six decimals"),
        ("nan", "six decimals"),
        ("", "six decimals"),
        (".5", "six decimals"),
        ("1,5", "six decimals"),
        ("1" * 10, "999999999"),
        ("\N{ARABIC-INDIC DIGIT FIVE}", "six decimals"),
    ],
)
def test_what_is_no_amount_is_refused_and_named(text: str, says: str) -> None:
    with pytest.raises(WrongOption, match="--limit-usd") as refused:
        read_usd("--limit-usd", text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (5_000_000, "$5.00"),
        (1, "$0.000001"),
        (1_234_567_890, "$1,234.56789"),
        (-250_000, "-$0.25"),
    ],
)
def test_amounts_are_shown_to_the_cent_and_finer_where_they_are(micros: int, shown: str) -> None:
    assert usd(micros) == shown
    assert round(as_usd(micros) * 1_000_000) == micros


@pytest.mark.parametrize(
    ("tenant", "model", "scope"),
    [(None, None, "overall"), ("acme", None, "tenant:acme"), (None, "large", "model:large")],
)
def test_a_limit_is_on_a_tenant_a_model_or_everything(
    tenant: str | None, model: str | None, scope: str
) -> None:
    assert Wanted(tenant, model, "day", "1", none=False).scope() == Scope.parse(scope)


def test_weights_are_read_in_any_order() -> None:
    assert read_weights("quality=0.5, cost=1,latency=0") == Weights(cost=1, latency=0, quality=0.5)
    assert read_weights("quality=2") == Weights(cost=0, latency=0, quality=2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cost=-1,latency=0,quality=1", "cost is -1"),
        ("cost=nan,latency=0,quality=1", "cost is nan"),
        ("cost=inf,latency=0,quality=1", "cost is inf"),
        ("cost=0,latency=0,quality=0", "all zero"),
        ("cots=1,latency=0,quality=1", "'cots=1' is no weight"),
        ("cost=x,latency=0,quality=1", "which is no number"),
        ("cost=1,cost=2,latency=0,quality=1", "given twice"),
        ("cost,latency=0,quality=1", "'cost' is no weight"),
        ("", "'' is no weight"),
    ],
)
def test_weights_that_rank_nothing_are_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(WrongOption, match="--weights") as refused:
        read_weights(text)
    assert says in str(refused.value)


def resolve(billed_usd: str | None, *, not_billed: bool) -> Callable[[], int]:
    return lambda: budget.resolve(NOWHERE, 1, billed_usd, not_billed=not_billed, even_so=False, as_json=False)


def limit(**given: object) -> Callable[[], int]:
    options = {"tenant": None, "model": None, "window": "day", "limit_usd": None, "none": False, **given}
    return lambda: budget.set_limit(NOWHERE, Wanted(**options), as_json=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (limit(), "--limit-usd AMOUNT, or --none"),
        (limit(limit_usd="5", none=True), "--limit-usd AMOUNT, or --none"),
        (limit(limit_usd="-5"), "never below zero"),
        (limit(limit_usd="5", tenant="a", model="b"), "one after the other"),
        (limit(limit_usd="5", tenant=""), "the tenant"),
        (limit(limit_usd="5", model="\x00"), "NUL"),
        (limit(limit_usd="5", tenant="x" * 1000), "bytes"),
        (resolve(None, not_billed=False), "--not-billed"),
        (resolve("1", not_billed=True), "--not-billed"),
        (lambda: budget.report(NOWHERE, "tomorrow", as_json=False), "--since 'tomorrow'"),
        (lambda: budget.report(NOWHERE, "999999999d", as_json=False), "is no time"),
        (lambda: route.explain_task(NOWHERE, None, 5, None, as_json=False), "--task NAME"),
        (lambda: route.explain_task(NOWHERE, "insights", None, None, as_json=False), "--tokens COUNT"),
        (lambda: route.explain_task(NOWHERE, "nosuch", 5, None, as_json=False), "there is insights"),
        (lambda: route.explain_event(NOWHERE, EVENT, ["--task"], as_json=False), "leave out --task"),
        (lambda: route.simulate(NOWHERE, "7d", "cost=x", as_json=False), "is no number"),
        (lambda: route.simulate(NOWHERE, "x", "cost=1,latency=1,quality=1", as_json=False), "is no time"),
    ],
)
def test_options_that_mean_nothing_end_with_2_before_anything_is_opened(
    command: Callable[[], int], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.startswith("brickline: ")
    assert (said.out, len(said.err.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    "command",
    [
        limit(limit_usd="5"),
        lambda: budget.show(NOWHERE, as_json=True),
        lambda: budget.list_ambiguous(NOWHERE, as_json=True),
        lambda: budget.report(NOWHERE, "7d", as_json=True),
        lambda: route.explain_event(NOWHERE, EVENT, [], as_json=True),
        lambda: route.explain_task(NOWHERE, "insights", 5, None, as_json=True),
    ],
)
def test_data_that_are_not_there_end_with_1_and_are_named(
    command: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 1
    said = capsys.readouterr()
    assert "/nonexistent/data" in said.err
    assert said.out == ""
