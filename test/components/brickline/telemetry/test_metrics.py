"""Scrapes: what is counted and what is looked up, on one page that is always answered."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry, Counter

from brickline.telemetry import METRICS, Metrics, Reading, Sample, SampledGauge
from support.scraping import scraped
from support.waiting import eventually

DEPTH = SampledGauge("depth_rows", "How deep it is.")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry(), timeout_s=5, fresh_s=0)


def depth(value: float, service: str = "shop") -> Sample:
    async def sample() -> Sequence[Reading]:
        return [DEPTH.reads(value, service=service)]

    return sample


async def broken() -> Sequence[Reading]:
    raise RuntimeError("hunter2")


class Slow:
    """A sample that takes until it is let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.started = 0

    async def __call__(self) -> Sequence[Reading]:
        self.started += 1
        await self.let_go.wait()
        return [DEPTH.reads(7, service="slow")]


async def test_what_is_sampled_stands_on_the_page_until_the_block_ends(metrics: Metrics) -> None:
    with metrics.sampled("shop", depth(3)):
        assert (await scraped(metrics)).value("depth_rows", service="shop") == 3
    assert (await scraped(metrics)).value("depth_rows") is None


async def test_what_is_counted_stands_on_the_page_without_the_time_since_when() -> None:
    registry = CollectorRegistry()
    Counter("sales", "What was sold.", registry=registry).inc(2)
    page = await scraped(Metrics(registry))
    assert page.value("sales_total") == 2
    assert page.value("sales_created") is None


async def test_services_of_one_process_share_a_gauge_and_keep_their_own_values(metrics: Metrics) -> None:
    with metrics.sampled("shop", depth(3)), metrics.sampled("store", depth(4, "store")):
        text = (await metrics.scrape()).decode()
        page = await scraped(metrics)
    assert text.count("# TYPE depth_rows gauge") == 1
    assert page.value("depth_rows", service="shop") == 3
    assert page.value("depth_rows", service="store") == 4


async def test_a_series_read_twice_stands_once(metrics: Metrics) -> None:
    with metrics.sampled("shop", depth(3)), metrics.sampled("shop", depth(4)):
        assert (await scraped(metrics)).value("depth_rows", service="shop") == 4


async def test_a_sample_that_fails_is_absent_and_counted_and_the_others_are_there(metrics: Metrics) -> None:
    with metrics.sampled("shop", broken), metrics.sampled("store", depth(4, "store")):
        page = await scraped(metrics)
    assert page.value("depth_rows", service="store") == 4
    assert page.value("brickline_scrape_errors_total", service="shop") == 1
    assert page.value("brickline_scrape_errors_total", service="store") == 0


async def test_a_sample_that_takes_too_long_is_absent_and_counted_and_not_started_twice() -> None:
    metrics = Metrics(CollectorRegistry(), timeout_s=0.1, fresh_s=0)
    slow = Slow()
    with metrics.sampled("slow", slow):
        pages = [await scraped(metrics), await scraped(metrics)]
        assert [page.value("depth_rows") for page in pages] == [None, None]
        assert pages[-1].value("brickline_scrape_errors_total", service="slow") == 2
        assert slow.started == 1
        slow.let_go.set()

        async def shows() -> bool:
            return (await scraped(metrics)).value("depth_rows", service="slow") == 7

        await eventually(shows)


async def test_scrapes_that_come_together_share_one_sample(metrics: Metrics) -> None:
    slow = Slow()
    with metrics.sampled("slow", slow):
        scrapes = [asyncio.create_task(scraped(metrics)) for _ in range(20)]
        await asyncio.sleep(0)
        slow.let_go.set()
        assert {page.value("depth_rows") for page in await asyncio.gather(*scrapes)} == {7}
    assert slow.started == 1


async def test_scrapes_in_quick_succession_share_one_sample_be_it_a_failed_one() -> None:
    metrics = Metrics(CollectorRegistry(), fresh_s=60)
    slow, failed = Slow(), 0
    slow.let_go.set()

    async def fail() -> Sequence[Reading]:
        nonlocal failed
        failed += 1
        raise RuntimeError

    with metrics.sampled("slow", slow), metrics.sampled("shop", fail):
        pages = [await scraped(metrics) for _ in range(3)]
    assert [page.value("depth_rows") for page in pages] == [7, 7, 7]
    assert (slow.started, failed) == (1, 1)


async def test_a_sample_is_taken_anew_when_the_last_is_stale(metrics: Metrics) -> None:
    slow = Slow()
    slow.let_go.set()
    with metrics.sampled("slow", slow):
        await scraped(metrics)
        await scraped(metrics)
    assert slow.started == 2


async def test_a_scrape_goes_on_when_a_service_ends_meanwhile(metrics: Metrics) -> None:
    with metrics.sampled("shop", depth(3)):
        with metrics.sampled("slow", Slow()):
            scrape = asyncio.create_task(scraped(metrics))
            await asyncio.sleep(0)
        page = await scrape
    assert page.value("depth_rows", service="shop") == 3
    assert page.value("brickline_scrape_errors_total", service="slow") == 0


async def test_the_process_tells_of_its_memory_and_its_python() -> None:
    page = await scraped(METRICS)
    assert (page.value("process_resident_memory_bytes") or 0) > 1_000_000
    assert page.value("python_info") == 1
