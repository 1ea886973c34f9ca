"""The map for a terminal."""

from brickline.contracts import Pipeline, render
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import EventDeadLettered
from support.pipelines import group, line, payload, service

A, B, C = (payload(f"topic.{letter}") for letter in "abc")


def test_a_topic_is_an_arrow_from_who_publishes_it_to_who_reads_it_and_announcements_are_dotted() -> None:
    pipeline = Pipeline(
        [
            service("gate", 0, group("gate.b", B), publishes=(A,), projects=("all", "gate_api")),
            service("worker", 1, group("worker", A, B), projects=("all", "worker")),
            service("reports", 2, group("dead", EventDeadLettered), group("reports.a", A), projects=("all",)),
        ],
        [A, B, *ANNOUNCEMENTS],
    )
    expected = """\
tier 0  gate     all, gate_api
tier 1  worker   all, worker
tier 2  reports  all

topic.a  version 1
  0  gate            ──┬─►  1  worker   worker
                       └─►  2  reports  reports.a

topic.b  version 1
  1  worker  worker  ────►  0  gate     gate.b

event.dead_lettered  version 1, announced
     any service     ┄┄┄┄►  2  reports  dead

event.deferred  version 1, announced
     any service     ┄┄┄┄►     nobody
"""
    assert render(pipeline, "text") == expected


def test_several_producers_and_readers_meet_at_one_bar() -> None:
    maker = service("maker", 1, group("maker.a", A, C), group("maker.b", B, C))
    ends = [service(name, 2, group(name, C)) for name in ("x", "y", "z")]
    drawn = render(Pipeline([service("s", 0, publishes=(A, B)), maker, *ends], [A, B, C]), "text")

    expected = """\
  1  maker  maker.a  ──┬─►  2  x      x
  1  maker  maker.b  ──┼─►  2  y      y
                       └─►  2  z      z
"""
    assert drawn.endswith(f"topic.c  version 1\n{expected}")


def test_what_nobody_produces_or_reads_is_on_the_map() -> None:
    drawn = render(Pipeline([service("s", 0, group("g", A), publishes=(B,))], [A, B]), "text")

    assert "     nobody  ────►  0  s  g\n" in drawn
    assert "  0  s       ────►     nobody\n" in drawn


def test_no_line_is_wider_than_a_terminal_however_long_the_names_are() -> None:
    long = payload("very." * 20 + "long", version=3, upcasters={2: dict})
    services = [
        service("s" * 64, 0, publishes=(long,), projects=tuple(f"project_number_{n:03}" for n in range(20))),
        service("t" * 64, 11, group("g" * 100, long)),
    ]
    drawn = render(Pipeline(services, [long]), "text").splitlines()

    assert max(map(len, drawn)) <= 110
    assert any("…" in text for text in drawn)
    assert "project_number_019" in "".join(drawn)


def test_a_map_of_nothing_is_an_empty_text() -> None:
    assert render(Pipeline([], []), "text") == ""


def test_two_hundred_topics_have_two_hundred_arrows() -> None:
    assert render(line(200), "text").count("────►") == 200
