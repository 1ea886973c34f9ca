"""The models a service has now, and what talks to each of them."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Protocol, Self

from brickline.llm_routing.models.catalogue import Catalogue, Routing
from brickline.llm_routing.models.given import GivenCatalogue, GivenProviders
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.provider import Provider
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_LOOK_AGAIN_S = 3.0
_CALLS_OF_ONE_ANSWER = 3
"""Whoever took a provider before it was dropped may have its answer put right twice."""


class ProviderFactory(Protocol):
    """Makes what talks to a model."""

    def problem(self, model: Model) -> str | None:
        """Say why the model cannot be used here, such as a key that is not set; None: it can.

        Asked every few seconds, so cheap.
        """
        ...

    def create(self, model: Model) -> Provider:
        """Make its provider; asked only where there is no problem."""
        ...


class CatalogueSource(Protocol):
    """Where the catalogue comes from."""

    def current(self) -> Catalogue:
        """Return it as it is now."""
        ...


class ModelPool:
    """Keeps one provider for each entry of the catalogue, for as long as the entry stays as it is."""

    def __init__(
        self, source: CatalogueSource, factory: ProviderFactory, *, look_again_s: float = _LOOK_AGAIN_S
    ) -> None:
        self._source = source
        self._factory = factory
        self._look_again_s = look_again_s
        self._catalogue: Catalogue | None = None
        self._providers: dict[Model, Provider] = {}
        self._problems: Mapping[str, str] = {}
        self._looked_at = float("-inf")
        self._dropped: list[Provider] = []
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    def fixed(
        cls,
        models: Mapping[Model, Provider] | Iterable[tuple[Model, Provider]],
        routing: Routing | None = None,
    ) -> Self:
        """Make a pool of providers that are there already; their order breaks ties."""
        pairs = dict(models)
        return cls(GivenCatalogue(Catalogue(routing or Routing(), tuple(pairs))), GivenProviders(pairs))

    def current(self) -> Catalogue:
        """Return the catalogue as it is now."""
        catalogue = self._source.current()
        if catalogue is not self._catalogue:
            self._catalogue = catalogue
            self._looked_at = float("-inf")
            for model in self._providers.keys() - set(catalogue.models):
                self._drop(model, self._providers.pop(model))
        return catalogue

    def problems(self) -> Mapping[str, str]:
        """Say, by name, which models cannot be used and why; looks again every few seconds."""
        catalogue = self.current()
        if time.monotonic() - self._looked_at >= self._look_again_s:
            found = ((model.name, self._factory.problem(model)) for model in catalogue.models)
            before = self._problems
            self._problems = {name: problem for name, problem in found if problem is not None}
            for name, problem in self._problems.items() - before.items():
                _log.warning("llm.model_left_out", model=name, reason=problem)
            self._looked_at = time.monotonic()
        return self._problems

    def longest_call_s(self) -> float:
        """How long a call that costs money may take: who drains for less may pay for what nobody hears."""
        paid = [model.timeout_s for model in self.current().models if not model.is_free]
        return max(paid, default=0.0)

    async def check(self) -> str | None:
        """Readiness: None while some model can be used, or why none can."""
        models, problems = self.current().models, self.problems()
        if any(model.name not in problems for model in models):
            return None
        reasons = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        return f"no model can be used: {reasons or 'the models file names none'}"

    def provider(self, model: Model) -> Provider:
        """Return what talks to a model of the catalogue, made when it is first asked for."""
        provider = self._providers.get(model)
        if provider is None:
            provider = self._providers[model] = self._factory.create(model)
        return provider

    async def warm_up(self) -> None:
        """Let the providers that load something do so before the first call; a failure is only logged."""
        problems = self.problems()
        for model in self.current().models:
            if model.name in problems:
                continue
            try:
                warm_up = getattr(self.provider(model), "warm_up", None)
                if warm_up is not None:
                    await warm_up()
            except Exception as error:
                _log.warning("llm.model_not_warm", model=model.name, reason=str(error) or repr(error))

    async def aclose(self) -> None:
        """Close every provider that can be closed, also those that were dropped."""
        for task in self._closing:
            task.cancel()
        providers = [*self._dropped, *self._providers.values()]
        self._dropped, self._providers = [], {}
        for provider in providers:
            await _close(provider)

    def _drop(self, model: Model, provider: Provider) -> None:
        """Close a provider once no call of it can be under way; without an event loop, at the end."""
        if not hasattr(provider, "aclose"):
            return

        async def close_later() -> None:
            await asyncio.sleep(model.timeout_s * _CALLS_OF_ONE_ANSWER)
            self._dropped.remove(provider)
            await _close(provider)

        self._dropped.append(provider)
        with suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            task = loop.create_task(close_later(), name=f"close {model.name}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


async def _close(provider: Provider) -> None:
    aclose = getattr(provider, "aclose", None)
    if aclose is None:
        return
    try:
        await aclose()
    except Exception as error:
        _log.warning("llm.provider_not_closed", provider=provider.name, reason=str(error) or repr(error))
