"""One provider for each entry of the catalogue, for as long as the entry stays as it is."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from brickline.llm_routing import (
    Catalogue,
    Model,
    ModelPool,
    ProviderKind,
    ProviderRequest,
    ProviderResponse,
    Routing,
    Weights,
)
from support.waiting import eventually


def model(name: str, timeout_s: float = 60) -> Model:
    return Model(
        name,
        ProviderKind.OPENAI,
        "id",
        input_price=Decimal(1),
        output_price=Decimal(1),
        context_tokens=1000,
        timeout_s=timeout_s,
    )


class Source:
    def __init__(self, *models: Model) -> None:
        self.catalogue = Catalogue(models=models)

    def use(self, *models: Model) -> None:
        self.catalogue = Catalogue(models=models)

    def current(self) -> Catalogue:
        return self.catalogue


class Plain:
    """A provider that has nothing to close."""

    def __init__(self, name: str) -> None:
        self.name = self.model = name

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        raise NotImplementedError


class Closable(Plain):
    """A provider that is warmed up and closed, and fails at both where it is told to."""

    def __init__(self, name: str, *, fails: bool = False) -> None:
        super().__init__(name)
        self.done: list[str] = []
        self._fails = fails

    async def warm_up(self) -> None:
        self._do("warmed up")

    async def aclose(self) -> None:
        self._do("closed")

    def _do(self, what: str) -> None:
        self.done.append(what)
        if self._fails:
            raise OSError("disk on fire")


class Factory:
    def __init__(self, *broken: str, fails: Sequence[str] = ()) -> None:
        self.keyless = set(broken)
        self.made: list[Closable] = []
        self._fails = fails

    def problem(self, model: Model) -> str | None:
        return "no key" if model.name in self.keyless else None

    def create(self, model: Model) -> Closable:
        self.made.append(Closable(model.name, fails=model.name in self._fails))
        return self.made[-1]


def test_a_model_has_one_provider() -> None:
    pool = ModelPool(Source(model("a"), model("b")), Factory())
    assert pool.provider(model("a")) is pool.provider(model("a"))
    assert pool.provider(model("a")) is not pool.provider(model("b"))


async def test_an_entry_that_changes_gets_a_new_provider_and_the_others_keep_theirs() -> None:
    source = Source(model("a"), model("b"))
    pool = ModelPool(source, Factory())
    changed = replace(model("a"), quality={"insights": 0.9})
    old, kept = pool.provider(model("a")), pool.provider(model("b"))
    source.use(changed, model("b"))
    assert pool.current().models == (changed, model("b"))
    assert pool.provider(changed) is not old
    assert pool.provider(model("b")) is kept
    await pool.aclose()


def test_models_that_cannot_be_used_are_named_with_the_reason() -> None:
    pool = ModelPool(Source(model("a"), model("b")), Factory("b"))
    assert pool.problems() == {"b": "no key"}


def test_a_key_that_appears_later_is_noticed() -> None:
    factory = Factory("a")
    pool = ModelPool(Source(model("a")), factory, look_again_s=0)
    assert pool.problems()
    factory.keyless.clear()
    assert not pool.problems()


def test_problems_are_looked_for_now_and_then_and_whenever_the_catalogue_changes() -> None:
    factory, source = Factory(), Source(model("a"))
    pool = ModelPool(source, factory, look_again_s=600)
    assert not pool.problems()
    factory.keyless |= {"a", "b"}
    assert not pool.problems()
    source.use(model("a"), model("b"))
    assert set(pool.problems()) == {"a", "b"}


async def test_the_models_that_can_be_used_are_warmed_up_though_one_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    factory = Factory("keyless", fails=["bad"])
    await ModelPool(Source(model("bad"), model("keyless"), model("good")), factory).warm_up()
    assert [(each.name, each.done) for each in factory.made] == [
        ("bad", ["warmed up"]),
        ("good", ["warmed up"]),
    ]
    assert caplog.messages == ["llm.model_left_out", "llm.model_not_warm"]


async def test_a_provider_that_was_dropped_is_closed_once_no_call_of_it_can_be_under_way() -> None:
    source, factory = Source(model("a", timeout_s=0.05)), Factory()
    pool = ModelPool(source, factory)
    pool.provider(model("a", timeout_s=0.05))
    source.use(model("b"))
    pool.current()
    await asyncio.sleep(0)
    assert factory.made[0].done == []
    await eventually(lambda: factory.made[0].done == ["closed"])


def test_without_an_event_loop_a_provider_is_dropped_and_closed_at_the_end() -> None:
    source, factory = Source(model("a")), Factory()
    pool = ModelPool(source, factory)
    pool.provider(model("a"))
    source.use(model("b"))
    pool.current()
    asyncio.run(pool.aclose())
    assert factory.made[0].done == ["closed"]


async def test_at_the_end_every_provider_is_closed_once_also_those_that_were_dropped() -> None:
    source, factory = Source(model("a"), model("b")), Factory(fails=["a"])
    pool = ModelPool(source, factory)
    pool.provider(model("a"))
    pool.provider(model("b"))
    source.use(model("b"))
    pool.current()
    await pool.aclose()
    await pool.aclose()
    assert [each.done for each in factory.made] == [["closed"], ["closed"]]


async def test_providers_that_are_there_already_make_a_pool() -> None:
    first, second = Plain("first"), Closable("second")
    routing = Routing(Weights(1, 0, 0))
    pool = ModelPool.fixed([(model("b"), first), (model("a"), second)], routing)
    assert pool.current() == Catalogue(routing, (model("b"), model("a")))
    assert pool.problems() == {}
    assert pool.provider(model("b")) is first
    await pool.warm_up()
    await pool.aclose()
    assert second.done == ["warmed up", "closed"]
    assert ModelPool.fixed({model("a"): first}).provider(model("a")) is first
