import httpx
import pytest

from brickline.telemetry import METRICS
from support.scraping import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_metrics_need_no_key_and_are_of_the_whole_process(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == METRICS.content_type
    assert Page(answer.text).value("python_info") == 1


async def test_metrics_tell_nothing_of_a_tenant(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    accepted = await client.post("/documents", json={"text": "a secret"})
    assert accepted.json()["tenant"] == "acme"
    page = (await stranger.get("/metrics")).text
    assert "acme" not in page
    assert accepted.json()["trace_id"] not in page


async def test_scrapers_may_ask_for_the_head_only(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.head("/metrics")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_scraper_cannot_write(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/metrics")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/shop", "//metrics"])
async def test_only_the_very_path_is_open(stranger: httpx.AsyncClient, path: str) -> None:
    assert (await stranger.get(str(stranger.base_url) + path)).status_code == 401
