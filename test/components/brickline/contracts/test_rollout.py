"""In which order projects are deployed for a change."""

import pytest

from brickline.contracts import Change, Deployed, Order, Pipeline, order_of, rollout
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import EventDeadLettered
from support.pipelines import group, payload, service

A, B, C = (payload(f"topic.{letter}") for letter in "abc")


def shop() -> list[Deployed]:
    """A flow over three tiers and back, each in a project of its own, and all in one."""
    return [
        service("gate", 0, group("gate.b", B), publishes=(A,), projects=("all", "gate_api")),
        service("work", 1, group("work", A, B), projects=("all", "work_worker")),
        service("read", 2, group("read.b", B, C), group("read.a", A), projects=("all", "read_api")),
        service("tell", 3, group("tell", C), projects=("all", "tell_worker")),
    ]


PIPELINE = Pipeline(shop(), [A, B, C])


@pytest.mark.parametrize(
    ("backward", "forward", "order"),
    [
        (True, True, Order.ANY),
        (True, False, Order.READERS_FIRST),
        (False, True, Order.WRITERS_FIRST),
        (False, False, Order.NONE),
    ],
)
def test_the_order_follows_from_what_holds(backward: bool, forward: bool, order: Order) -> None:
    assert order_of(backward, forward) is order


def test_readers_first_puts_every_reader_before_every_producer_and_names_nobody_else() -> None:
    plan = rollout(PIPELINE, [Change("topic.a", Order.READERS_FIRST, "version 2 is new")])

    assert plan.steps == (("read_api", "work_worker"), ("gate_api",))
    assert plan.conflicts == ()
    assert plan.reasons == (
        "topic.a: readers first (version 2 is new): read_api and work_worker before gate_api",
    )


def test_writers_first_is_the_reverse() -> None:
    plan = rollout(PIPELINE, [Change("topic.a", Order.WRITERS_FIRST, "")])
    assert plan.steps == (("gate_api",), ("read_api", "work_worker"))


def test_a_change_that_is_safe_both_ways_may_go_in_any_order() -> None:
    plan = rollout(PIPELINE, [Change("topic.c", Order.ANY, "a field is new")])

    assert plan.steps == (("read_api", "tell_worker"),)
    assert plan.reasons == ("topic.c: in any order (a field is new): read_api and tell_worker",)


def test_a_project_that_runs_all_that_a_change_touches_is_deployed_alone() -> None:
    for order in (Order.ANY, Order.READERS_FIRST, Order.WRITERS_FIRST):
        assert rollout(PIPELINE, [Change("topic.b", order, "")]).alone == ("all",)


def test_changes_that_agree_make_one_order() -> None:
    changes = [Change("topic.b", Order.READERS_FIRST, ""), Change("topic.c", Order.READERS_FIRST, "")]
    assert rollout(PIPELINE, changes).steps == (("gate_api", "tell_worker"), ("read_api",), ("work_worker",))


def test_changes_that_contradict_each_other_have_no_order_and_the_topics_are_named() -> None:
    changes = [Change("topic.a", Order.READERS_FIRST, "v2"), Change("topic.b", Order.READERS_FIRST, "v2")]
    plan = rollout(PIPELINE, changes)

    assert plan.steps == ()
    assert plan.conflicts == (
        "no order suits topic.a and topic.b: gate_api before work_worker (topic.b), work_worker before "
        "gate_api "
        "(topic.a): release the changes of these topics one by one",
    )
    assert plan.alone == ("all",)


def test_a_change_that_neither_side_can_go_first_with_is_a_conflict_of_its_own() -> None:
    plan = rollout(PIPELINE, [Change("topic.a", Order.NONE, "title was renamed")])

    assert plan.steps == ()
    assert plan.conflicts == (
        "topic.a: neither its readers nor its writers can go first (title was renamed): make it a new "
        "version",
    )


def test_nothing_changed_means_nothing_to_deploy() -> None:
    plan = rollout(PIPELINE, [])
    assert (plan.steps, plan.reasons, plan.conflicts, plan.alone) == ((), (), (), ())


def test_a_topic_that_is_not_on_the_map_has_nobody_to_deploy() -> None:
    assert rollout(PIPELINE, [Change("topic.z", Order.ANY, "")]).steps == ()


def test_a_project_that_reads_and_writes_beside_others_stands_between_them() -> None:
    """It must know what its own writer writes, and the others' readers must know it before it does."""
    pipeline = Pipeline(
        [
            service("maker", 0, publishes=(A,), projects=("both", "maker_api")),
            service("taker", 1, group("taker", A), projects=("both",)),
            service("other", 1, group("other", A), projects=("other_worker",)),
        ],
        [A],
    )
    plan = rollout(pipeline, [Change("topic.a", Order.READERS_FIRST, "version 2 is new")])

    assert plan.steps == (("other_worker",), ("both",), ("maker_api",))
    assert plan.alone == ()
    assert plan.reasons[1] == (
        "topic.a: both reads and publishes it: stop the old before the new starts. A group that meets a "
        "version "
        "it cannot read pauses, and goes on when it is replaced"
    )


def test_services_that_all_make_and_read_an_announcement_are_replaced_at_the_same_time() -> None:
    services = [
        service("gate", 0, group("gate.dead", EventDeadLettered), group("gate.b", B), publishes=(A,)),
        service("work", 1, group("work", A, B)),
        service("read", 2, group("read.dead", EventDeadLettered), group("read", A)),
    ]
    pipeline = Pipeline(services, [A, B, *ANNOUNCEMENTS])
    plan = rollout(pipeline, [Change("event.dead_lettered", Order.READERS_FIRST, "version 2 is new")])

    assert plan.steps == (("gate_project", "read_project"), ("work_project",))
    assert plan.conflicts == ()
    assert (
        "gate_project and read_project read and publish it: stop the old before the new starts, all"
        in (plan.reasons[1])
    )


def test_a_project_that_only_passes_on_what_did_not_change_is_not_named() -> None:
    named = {name for step in rollout(PIPELINE, [Change("topic.c", Order.ANY, "")]).steps for name in step}
    assert named == {"read_api", "tell_worker"}


def test_the_order_does_not_depend_on_that_of_changes_or_services() -> None:
    changes = [Change("topic.b", Order.READERS_FIRST, ""), Change("topic.c", Order.WRITERS_FIRST, "")]
    other_way_round = rollout(Pipeline(shop()[::-1], [C, B, A]), changes[::-1])

    assert rollout(PIPELINE, changes).steps == other_way_round.steps
