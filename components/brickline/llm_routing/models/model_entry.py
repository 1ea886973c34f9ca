"""What a `[[models]]` table of a models file says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from brickline.llm_routing.models.capability import Capability
from brickline.llm_routing.models.model import Model, ProviderKind
from brickline.llm_routing.models.model_access import read_api_key_env, read_base_url
from brickline.llm_routing.models.prices import Price, listed_price
from brickline.llm_routing.models.toml_table import Table

_PRICE_KEYS = ("input_usd_per_mtok", "output_usd_per_mtok")
_KEYS = (
    "name",
    "provider",
    "model",
    "base_url",
    "api_key_env",
    *_PRICE_KEYS,
    "context_tokens",
    "quality",
    "rpm",
    "tpm",
    "timeout_s",
    "capabilities",
    "max_output_tokens",
)
_HIGHEST_PRICE = 1_000_000
_FREE = Price(Decimal(0), Decimal(0))
_NAME = r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}"
_NAME_WANTED = "a name of at most 100 letters, digits and . _ : / @ -"
_ID = r"\S(?:.{0,198}\S)?"
_ID_WANTED = "what the provider calls the model, at most 200 characters"
_MOST_TOKENS = 100_000_000
_USUAL_TIMEOUT_S = 60.0
_LONGEST_TIMEOUT_S = 1200  # an event is handed out again half an hour after it was


@dataclass(frozen=True, slots=True)
class _Local:
    model: str
    context_tokens: int


_LOCAL = {
    ProviderKind.EXTRACTIVE: _Local("extractive", 1_000_000),
    ProviderKind.SMOLLM2: _Local("smollm2-135m-instruct", 4096),
}
"""What need not be stated of models in this process."""


def read_models(root: Table) -> Iterator[Model]:
    """Read the models. Where a problem is noted, a model is not what the file says, or is missing."""
    names: set[str] = set()
    for table in root.tables("models", "model"):
        table.require("name", _NAME_WANTED)
        name = table.text("name", _NAME, _NAME_WANTED)
        entry = table.named(f"model '{name}'") if name else table
        if name in names:
            entry.problem("name", "the name is used twice; budgets and states go by it, so give each its own")
        names |= {name} if name else set()
        entry.only(_KEYS)
        kinds = [kind.value for kind in ProviderKind]
        entry.require("provider", f"one of {', '.join(kinds)}")
        provider = entry.one_of("provider", kinds)
        shared = _shared(entry)
        if provider is not None:
            yield _model(entry, name or "", ProviderKind(provider), shared)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is read in the same way whoever the provider is."""

    context_tokens: int | None
    quality: Mapping[str, float]
    rpm: int | None
    tpm: int | None
    timeout_s: float
    capabilities: frozenset[Capability] | None
    max_output_tokens: int | None
    prices: tuple[Decimal | None, ...]


def _shared(table: Table) -> _Shared:
    capabilities = table.some_of("capabilities", [each.value for each in Capability])
    timeout_s = table.number("timeout_s", 0.1, _LONGEST_TIMEOUT_S)
    return _Shared(
        context_tokens=table.whole("context_tokens", 1, _MOST_TOKENS),
        quality=_quality(table),
        rpm=table.whole("rpm", 1, 1_000_000),
        tpm=table.whole("tpm", 1, 1_000_000_000),
        timeout_s=_USUAL_TIMEOUT_S if timeout_s is None else float(timeout_s),
        capabilities=None if capabilities is None else frozenset(map(Capability, capabilities)),
        max_output_tokens=table.whole("max_output_tokens", 1, _MOST_TOKENS),
        prices=tuple(table.number(key, 0, _HIGHEST_PRICE) for key in _PRICE_KEYS),
    )


def _model(table: Table, name: str, kind: ProviderKind, shared: _Shared) -> Model:
    local = _LOCAL.get(kind)
    if local is None:
        table.require("model", _ID_WANTED)
        table.require("context_tokens", "how many tokens of input and output it takes together")
    model_id = table.text("model", _ID, _ID_WANTED) or (local.model if local else "")
    base_url = read_base_url(table, kind)
    price = _price(table, kind, model_id, base_url, shared)
    return Model(
        name,
        kind,
        model_id,
        input_price=price.input,
        output_price=price.output,
        context_tokens=shared.context_tokens or (local.context_tokens if local else 1),
        base_url=base_url,
        api_key_env=read_api_key_env(table, kind),
        quality=shared.quality,
        rpm=shared.rpm,
        tpm=shared.tpm,
        timeout_s=shared.timeout_s,
        capabilities=kind.capabilities if shared.capabilities is None else shared.capabilities,
        max_output_tokens=shared.max_output_tokens,
    )


def _quality(table: Table) -> dict[str, float]:
    stated = table.table("quality")
    if stated is None:
        return {}
    read = {task: stated.number(task, 0, 1) for task in stated}
    return {task: float(quality) for task, quality in read.items() if quality is not None}


def _price(table: Table, kind: ProviderKind, model_id: str, base_url: str | None, shared: _Shared) -> Price:
    """Return both prices, what is not stated from the price list."""
    missing = [key for key in _PRICE_KEYS if key not in table]
    listed: Price | None = _FREE
    if missing and not kind.is_local and model_id:
        listed = listed_price(kind, model_id, base_url)
    if listed is None:
        table.problem(
            "model",
            f"the price list does not know {model_id!r} of {kind}, and no budget holds what has no price: "
            f"state {' and '.join(missing)} (0 if it is free)",
        )
        listed = _FREE
    inputs, outputs = shared.prices
    return Price(listed.input if inputs is None else inputs, listed.output if outputs is None else outputs)
