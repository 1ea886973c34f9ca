"""Each thing that can be wrong with a pipeline is named, with what to do about it."""

from collections.abc import Mapping, Sequence

from brickline.contracts import Deployed, Pipeline, ProblemKind
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import EventDeadLettered, Payload
from support.pipelines import group, payload, service

A, B, C, D = (payload(f"topic.{letter}") for letter in "abcd")


def problems(
    services: Sequence[Deployed],
    payloads: Sequence[type[Payload]],
    routes: Mapping[str, Sequence[str]] | None = None,
) -> list[tuple[ProblemKind, str]]:
    return [(problem.kind, problem.says) for problem in Pipeline(services, payloads, routes).problems()]


def only(services: Sequence[Deployed], payloads: Sequence[type[Payload]], kind: ProblemKind) -> str:
    found = problems(services, payloads)
    assert [each for each, _ in found] == [kind], found
    return found[0][1]


def test_a_pipeline_in_order_has_none() -> None:
    first = service("first", 0, group("back", B), publishes=(A,))
    assert problems([first, service("next", 1, group("next", A, B))], [A, B]) == []


def test_a_topic_that_nobody_produces() -> None:
    says = only([service("one", 0, group("one", A))], [A], ProblemKind.NOBODY_PRODUCES)
    assert says == (
        "'topic.a' is produced by nobody, read by group one of one (one_project): name TopicA in the "
        "publishes "
        "of a service or a consumer, or remove its readers and then the payload."
    )


def test_a_topic_that_nobody_reads() -> None:
    says = only([service("one", 0, publishes=(A,))], [A], ProblemKind.NOBODY_READS)
    assert says == (
        "'topic.a' is read by nobody, produced by service one (one_project): give it a consumer group, or "
        "stop "
        "publishing it and remove the payload."
    )


def test_a_payload_that_nobody_uses_is_produced_by_nobody_and_read_by_nobody() -> None:
    assert [kind for kind, _ in problems([], [A])] == [ProblemKind.NOBODY_PRODUCES, ProblemKind.NOBODY_READS]


def test_an_announcement_that_nobody_reads_is_one_too_but_nobody_has_to_declare_that_it_makes_it() -> None:
    first, reader = service("first", 0, publishes=(A,)), service("next", 1, group("next", A))
    found = problems([first, reader], [A, EventDeadLettered])

    assert [kind for kind, _ in found] == [ProblemKind.NOBODY_READS]
    assert "'event.dead_lettered' is read by nobody, produced by service next" in found[0][1]


def test_two_owners_of_one_topic() -> None:
    services = [
        service("one", 0, publishes=(A, B)),
        service("two", 1, group("two", B, A)),
        service("three", 2, group("three", A)),
    ]
    says = only(services, [A, B], ProblemKind.TWO_OWNERS)
    assert says == (
        "'topic.a' has more than one owner: service one (one_project), group two of two (two_project) "
        "publish "
        "it. Let one service publish it, and give what the others say a topic of its own."
    )


def test_two_groups_of_one_service_may_publish_the_same_topic() -> None:
    maker = service("maker", 1, group("maker.a", A, C), group("maker.b", B, C))
    services = [service("start", 0, publishes=(A, B)), maker, service("end", 2, group("end", C))]
    assert problems(services, [A, B, C]) == []


def test_announcements_have_no_owner() -> None:
    letters = group("letters", EventDeadLettered)
    services = [service("start", 0, letters, publishes=(A,)), service("end", 1, group("end", A))]
    payloads = [A, *(payload for payload in ANNOUNCEMENTS if payload is EventDeadLettered)]
    assert problems(services, payloads) == []


def test_a_payload_that_a_service_declares_but_nobody_checks() -> None:
    services = [service("one", 0, publishes=(A, B)), service("two", 1, group("two", A), group("two.b", B))]
    says = only(services, [A], ProblemKind.UNKNOWN_PAYLOAD)
    assert says == (
        "PAYLOADS lacks support.pipelines.TopicB ('topic.b' version 1), which service one (one_project), two "
        "(two_project) declares: add it, so that its changes are checked."
    )


def test_a_group_id_of_two_services() -> None:
    services = [
        service("start", 0, publishes=(A, B)),
        service("one", 1, group("same", A)),
        service("two", 1, group("same", B)),
    ]
    says = only(services, [A, B], ProblemKind.SHARED_GROUP)
    assert says == (
        "group 'same' is more than one consumer's: it reads 'topic.a' by Same of service one (one_project) "
        "and "
        "'topic.b' by Same of service two (two_project). Each would take events of the other's queue: give "
        "each consumer a group id of its own."
    )


def test_a_group_id_of_two_consumers_of_one_service() -> None:
    services = [service("start", 0, publishes=(A, B)), service("one", 1, group("same", A), group("same", B))]
    assert "group 'same'" in only(services, [A, B], ProblemKind.SHARED_GROUP)


def test_two_services_of_one_name() -> None:
    services = [service("one", 0, publishes=(A,)), service("one", 1, group("end", A), projects=("other",))]
    says = only(services, [A], ProblemKind.SHARED_NAME)
    assert says.startswith("2 services are named 'one': one (one_project) and one (other).")


def test_an_event_that_can_cause_itself_by_the_shortest_way() -> None:
    services = [
        service("start", 0, publishes=(D,)),
        service("far", 1, group("d.to.c", D, C), group("c.to.b", C, B)),
        service("near", 1, group("a.to.b", A, B), group("b.to.a", B, A), group("b.to.c", B, C)),
    ]
    found = problems(services, [A, B, C, D])

    assert [says for kind, says in found if kind is ProblemKind.CYCLE] == [
        "an event of 'topic.a' can cause itself: topic.a -> a.to.b -> topic.b -> b.to.a -> topic.a "
        "(a.to.b: near (near_project), b.to.a: near (near_project)). Let one of these groups publish another "
        "topic, which none of them is led back to, or none."
    ]


def test_a_group_that_reads_what_it_publishes() -> None:
    again = service("again", 0, group("again", A, A), publishes=(A,))
    says = only([again], [A], ProblemKind.CYCLE)
    assert "topic.a -> again -> topic.a (again: again (again_project))" in says


def test_two_cycles_that_have_nothing_to_do_with_each_other_are_two_problems() -> None:
    services = [
        service("one", 0, group("a.b", A, B), group("b.a", B, A)),
        service("two", 0, group("c.d", C, D), group("d.c", D, C)),
    ]
    kinds = [kind for kind, _ in problems(services, [A, B, C, D])]
    assert kinds == [ProblemKind.CYCLE, ProblemKind.CYCLE]


def test_a_cycle_across_tiers_is_told_once() -> None:
    services = [service("one", 0, group("b.a", B, A)), service("two", 1, group("a.b", A, B))]
    says = only(services, [A, B], ProblemKind.CYCLE)
    assert "topic.a -> a.b -> topic.b -> b.a -> topic.a" in says


def test_a_flow_that_comes_back_to_a_tier_though_no_event_causes_itself() -> None:
    services = [
        service("one", 0, group("b.to.c", B, C), publishes=(A,)),
        service("two", 1, group("a.to.b", A, B)),
        service("end", 2, group("end", C)),
    ]
    says = only(services, [A, B, C], ProblemKind.CYCLE)
    assert says == (
        "the flow comes back to a tier that it left: tier 0 -> topic.a -> a.to.b -> tier 1 -> topic.b -> "
        "b.to.c "
        "-> tier 0 (b.to.c: one (one_project), a.to.b: two (two_project)). Let one of these groups publish "
        "nothing, or move what it does to a service of a tier further down."
    )


def test_a_group_that_publishes_nothing_ends_the_flow_wherever_it_is() -> None:
    services = [
        service("one", 0, group("jobs.b", B), publishes=(A,)),
        service("two", 1, group("a.to.b", A, B)),
    ]
    assert problems(services, [A, B]) == []


def test_a_flow_may_go_on_within_its_tier() -> None:
    services = [
        service("one", 0, publishes=(A,)),
        service("two", 1, group("a.to.b", A, B)),
        service("three", 1, group("b.to.c", B, C)),
        service("four", 2, group("four", C)),
    ]
    assert problems(services, [A, B, C]) == []


def test_the_problems_do_not_depend_on_the_order_of_the_services() -> None:
    services = [
        service("one", 0, group("b.a", B, A), group("same", A)),
        service("two", 1, group("a.b", A, B), group("same", B)),
        service("six", 1, group("c.d", C, D), group("d.c", D, C)),
    ]
    assert problems(services, [A, B, C, D]) == problems(services[::-1], [A, B, C, D])


ROUTED = [service("first", 0, publishes=(A,)), service("next", 1, group("next", A))]


def test_routes_that_lead_to_every_reader_and_nowhere_else_are_in_order() -> None:
    assert problems(ROUTED, [A], {"topic.a": ("next",)}) == []
    assert problems(ROUTED, [A]) == [], "without routes there is nothing to look at"


def test_a_group_that_is_not_routed_to_its_topic() -> None:
    assert problems(ROUTED, [A], {"topic.a": ()}) == problems(ROUTED, [A], {})
    assert problems(ROUTED, [A], {}) == [
        (
            ProblemKind.NOT_ROUTED,
            "group 'next' of next (next_project) reads 'topic.a' and is not routed to it: an event published "
            "before that service ever ran would not reach it. Add 'next' to those of 'topic.a' in ROUTES "
            "(components/brickline/schemas/routes.py).",
        )
    ]


def test_a_route_to_a_group_that_no_service_has() -> None:
    found = problems(ROUTED, [A], {"topic.a": ("next", "gone"), "topic.lost": ("lost",)})
    assert [kind for kind, _ in found] == [ProblemKind.NO_SUCH_GROUP] * 2
    assert found[0][1].startswith("'topic.a' is routed to group 'gone', and no service has that group: ")
    assert found[1][1].startswith("'topic.lost' is routed to group 'lost', and no service has that group: ")


def test_a_route_to_a_group_that_reads_another_topic() -> None:
    services = [service("first", 0, publishes=(A, B)), service("next", 1, group("a", A), group("b", B))]
    found = problems(services, [A, B], {"topic.a": ("a", "b"), "topic.b": ("b",)})
    assert [kind for kind, _ in found] == [ProblemKind.NO_SUCH_GROUP]
    assert "'topic.a' is routed to group 'b', and that group reads 'topic.b'" in found[0][1]
