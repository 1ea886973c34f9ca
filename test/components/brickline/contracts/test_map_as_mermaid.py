"""The map as a picture on GitHub."""

import re

from brickline.contracts import Deployed, Pipeline, render
from brickline.events import ANNOUNCEMENTS, Service
from brickline.schemas import EventDeadLettered
from support.pipelines import group, payload, service

A, B, C = (payload(f"topic.{letter}") for letter in "abc")
_EDGE = re.compile(r'  (\w+) (-->|-\.->)\|"([^"]*)"\| (\w+)')


def edges(drawn: str) -> list[str]:
    return [" ".join(found.groups()) for found in map(_EDGE.fullmatch, drawn.splitlines()) if found]


def test_tiers_hold_services_named_after_their_projects_and_arrows_are_labelled_by_topic() -> None:
    pipeline = Pipeline(
        [
            service("gate", 0, group("gate.b", B), publishes=(A,), projects=("all", "gate_api")),
            service("worker", 1, group("worker", A, B), projects=("all", "work_worker")),
        ],
        [A, B],
    )
    expected = """\
flowchart LR
  subgraph tier0["tier 0"]
    service_gate["<b>gate_api</b><br/>gate.b"]
  end
  subgraph tier1["tier 1"]
    service_worker["<b>work_worker</b><br/>worker"]
  end
  service_gate -->|"topic.a"| service_worker
  service_worker -->|"topic.b"| service_gate
"""
    assert render(pipeline, "mermaid") == expected


def test_what_goes_between_the_same_two_services_is_one_arrow() -> None:
    reader = service("reader", 1, group("reader.a", A), group("reader.again", A), group("reader.b", B))
    drawn = render(Pipeline([service("gate", 0, publishes=(A, B)), reader], [A, B]), "mermaid")

    assert edges(drawn) == ["service_gate --> topic.a<br/>topic.b service_reader"]


def test_announcements_are_dotted_and_come_from_any_service_once() -> None:
    services = [
        service("gate", 0, group("dead", EventDeadLettered), group("late", ANNOUNCEMENTS[1]), publishes=(A,)),
        service("work", 1, group("work", A)),
        service("more", 1, group("more", A)),
    ]
    drawn = render(Pipeline(services, [A, *ANNOUNCEMENTS]), "mermaid")

    assert [edge for edge in edges(drawn) if "-.->" in edge] == [
        "any -.-> event.dead_lettered<br/>event.deferred service_gate"
    ]
    assert drawn.count('any(["any service"])') == 1


def test_a_topic_that_nobody_produces_or_reads_comes_from_or_goes_to_nobody() -> None:
    drawn = render(Pipeline([service("s", 0, group("g", A), publishes=(B,))], [A, B]), "mermaid")
    assert edges(drawn) == ["nobody --> topic.a service_s", "service_s --> topic.b nobody"]


def test_services_in_the_same_projects_are_told_apart_by_their_names() -> None:
    services = [
        service("one", 0, publishes=(A,), projects=("both",)),
        service("two", 1, group("two", A), projects=("both",)),
    ]
    drawn = render(Pipeline(services, [A]), "mermaid")

    assert "<b>one</b>" in drawn
    assert "<b>two</b>" in drawn


def test_characters_that_mean_something_to_mermaid_are_written_by_their_number() -> None:
    odd = Deployed(Service('a"b', tier=0, publishes=(A,)), ('x"]:::<script>#;|é',))
    drawn = render(Pipeline([odd, service("end", -1, group("end", A))], [A]), "mermaid")

    assert "<b>x#34;#93;#58;#58;#58;#60;script#62;#35;#59;#124;é</b>" in drawn
    assert "script>" not in drawn


def test_names_that_differ_in_odd_characters_alone_are_two_nodes_and_no_node_is_called_end() -> None:
    services = [Deployed(Service(name, tier=0, publishes=(A,)), ()) for name in ("end", "a-b", "a.b")]
    drawn = render(Pipeline(services, [A]), "mermaid")

    assert re.findall(r"^    (\w+)\[", drawn, re.MULTILINE) == ["service_a_b", "service_a_b_2", "service_end"]
