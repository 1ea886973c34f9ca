"""The map of this workspace: nothing is wrong with it, and what is kept of it shows the code as it is."""

from pathlib import Path

import pytest

from brickline.contracts import Change, Order, Pipeline, render, rollout, stale
from brickline.contracts.maps.asyncapi import amqp
from brickline.rabbit_bus.topology import Topology
from brickline.schemas import PAYLOADS, ROUTES
from brickline.standalone.contracts.workspace import pipeline_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return pipeline_of(ROOT)


def test_nothing_is_wrong_with_it(pipeline: Pipeline) -> None:
    assert [problem.says for problem in pipeline.problems()] == []


def test_what_is_kept_of_it_is_up_to_date(pipeline: Pipeline) -> None:
    assert stale(ROOT, pipeline) == (), "brickline contracts graph --update"


def test_the_standalone_runs_every_service_and_each_service_has_a_project_of_its_own(
    pipeline: Pipeline,
) -> None:
    assert {each.service.name: each.projects for each in pipeline.services} == {
        "ingestion": ("ingestion_api", "standalone"),
        "analysis": ("analysis_worker", "standalone"),
        "reporting": ("reporting_api", "standalone"),
    }


def test_readers_are_those_that_events_are_routed_to(pipeline: Pipeline) -> None:
    drawn = {topic.name: {party.group_id for party in topic.readers} for topic in pipeline.topics}
    assert drawn == {topic: set(groups) for topic, groups in ROUTES.items()}


def test_the_documents_exchanges_and_queues_are_those_of_the_bus() -> None:
    topology = Topology("brickline", {})

    assert topology.events == amqp.EVENTS_EXCHANGE
    assert topology.relay == amqp.RELAY_EXCHANGE
    assert topology.queue("jobs.failed") == f"{amqp.QUEUE_PREFIX}jobs.failed"


def test_the_terminals_map_shows_every_topic_at_one_glance(pipeline: Pipeline) -> None:
    drawn = render(pipeline, "text").splitlines()

    assert max(map(len, drawn)) <= 110
    assert len(drawn) < 30
    for payload in PAYLOADS:
        assert any(each.startswith(f"{payload.topic}  version {payload.version}") for each in drawn)


def test_a_new_version_of_a_document_reaches_its_readers_before_the_gateway(pipeline: Pipeline) -> None:
    plan = rollout(pipeline, [Change("data.processed", Order.READERS_FIRST, "version 2 is new")])

    assert plan.steps == (("analysis_worker", "reporting_api"), ("ingestion_api",))
    assert plan.alone == ("standalone",)
    assert plan.conflicts == ()


def test_there_is_an_order_for_a_new_version_of_each_topic(pipeline: Pipeline) -> None:
    for payload in PAYLOADS:
        plan = rollout(pipeline, [Change(payload.topic, Order.READERS_FIRST, "")])
        assert plan.conflicts == ()
        assert {name for step in plan.steps for name in step} <= {
            "ingestion_api",
            "analysis_worker",
            "reporting_api",
        }
