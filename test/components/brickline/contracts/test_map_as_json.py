"""The map for tools: its shape is part of what others rely on."""

import json

from brickline.contracts import Pipeline, render
from brickline.schemas import EventDeadLettered
from support.pipelines import group, payload, service

A = payload("topic.a", version=2, upcasters={1: dict})
PIPELINE = Pipeline(
    [
        service("gate", 0, group("dead", EventDeadLettered), publishes=(A,), projects=("all", "gate_api")),
        service("work", 1, group("work", A, A)),
    ],
    [A, EventDeadLettered],
)


def test_services_topics_and_problems_have_the_documented_shape() -> None:
    drawn = json.loads(render(PIPELINE, "json"))

    assert list(drawn) == ["format", "services", "topics", "problems"]
    assert drawn["format"] == 1
    assert drawn["services"][0] == {
        "name": "gate",
        "tier": 0,
        "projects": ["all", "gate_api"],
        "publishes": ["topic.a"],
        "groups": [{"id": "dead", "topic": "event.dead_lettered", "publishes": []}],
    }
    gate = {"service": "gate", "tier": 0, "group": None, "projects": ["all", "gate_api"]}
    work = {"service": "work", "tier": 1, "group": "work", "projects": ["work_project"]}
    assert drawn["topics"][0] == {
        "name": "topic.a",
        "version": 2,
        "reads": [1, 2],
        "model": "support.pipelines.TopicA",
        "announced": False,
        "producers": [gate, work],
        "readers": [work],
    }
    assert drawn["topics"][1]["announced"] is True
    assert [problem["kind"] for problem in drawn["problems"]] == ["two owners", "cycle"]
    assert all(problem["says"] for problem in drawn["problems"])
