"""The services of a deployment tell each other what they read and write."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from brickline.events import announced, skews
from brickline.persistence import Database
from end_to_end.stacks import DEPLOYMENT, RELEASE, Stack
from support.waiting import eventually

SERVICES = ("ingestion", "analysis", "reporting")


async def test_each_service_is_announced_with_what_it_reads_and_writes_and_its_release(stack: Stack) -> None:
    said = []
    for service in SERVICES:
        async with Database.connect(stack.database_url, schema=service, pool_size=1) as database:
            said += await eventually(lambda database=database: announced(database))
    assert [(each.service, each.release, each.deployment) for each in said] == [
        (service, RELEASE, DEPLOYMENT) for service in SERVICES
    ]
    ingestion, analysis, _ = said
    assert "data.processed" in {each.topic for each in ingestion.writes}
    assert {each.topic for each in analysis.reads} == {"data.processed"}
    assert skews(said) == ()


async def test_a_writer_hears_its_readers_and_has_nothing_to_warn_of(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.write_url, trust_env=False) as http:

        async def readers() -> dict[tuple[str, str], float]:
            found = {
                (sample.labels["topic"], sample.labels["reader"]): sample.value
                for family in text_string_to_metric_families((await http.get("/metrics")).text)
                for sample in family.samples
                if sample.name == "brickline_contract_skew" and sample.labels["service"] == "ingestion"
            }
            assert found.keys() >= {("data.processed", "analysis"), ("data.processed", "reporting")}
            return found

        assert set((await eventually(readers)).values()) == {0}
        readiness = await http.get("/health/ready")
        assert readiness.status_code == 200
        assert readiness.json()["checks"]["ingestion.contracts"] == "ok"
    events = {line["event"] for line in stack.log()}
    assert not events & {"contract.skew", "presence.interrupted", "presence.notice_ignored"}
