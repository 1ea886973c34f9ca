"""Who writes and reads what, as services declare it."""

import pytest

from brickline.contracts import AmbiguousPayload, Pipeline
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import EventDeadLettered
from support.pipelines import group, payload, service

ORDERED, PAID, SHIPPED = payload("order.placed"), payload("order.paid"), payload("order.shipped")
SHOP = service("shop", 0, group("shop.shipped", SHIPPED), publishes=(ORDERED,), projects=("all", "shop_api"))
TILL = service("till", 1, group("till", ORDERED, PAID), projects=("all", "till_worker"))
DEPOT = service("depot", 2, group("depot", PAID, SHIPPED), projects=("all", "depot_worker"))
PIPELINE = Pipeline([DEPOT, SHOP, TILL], [ORDERED, PAID, SHIPPED, *ANNOUNCEMENTS])


def test_each_topic_names_who_writes_and_who_reads_it_and_the_projects_that_run_them() -> None:
    paid = PIPELINE.topic("order.paid")

    assert paid is not None
    assert paid.payload is PAID
    assert [str(party) for party in paid.producers] == ["group till of till (all, till_worker)"]
    assert [(party.service, party.tier, party.group_id, party.projects) for party in paid.readers] == [
        ("depot", 2, "depot", ("all", "depot_worker"))
    ]
    assert paid.projects == {"all", "till_worker", "depot_worker"}


def test_what_a_service_publishes_outside_of_a_consumer_has_no_group() -> None:
    placed = PIPELINE.topic("order.placed")

    assert placed is not None
    assert [(party.service, party.group_id) for party in placed.producers] == [("shop", None)]


def test_topics_come_in_the_order_of_the_payloads_and_services_by_tier() -> None:
    assert [topic.name for topic in PIPELINE.topics[:3]] == ["order.placed", "order.paid", "order.shipped"]
    assert [each.service.name for each in PIPELINE.services] == ["shop", "till", "depot"]


def test_a_topic_that_no_payload_has_is_none() -> None:
    assert PIPELINE.topic("order.lost") is None


def test_an_announcement_may_be_made_by_every_service_that_may_fail_an_event() -> None:
    mourner = service("mourner", 3, group("mourner", EventDeadLettered))
    pipeline = Pipeline([SHOP, TILL, DEPOT, mourner], [ORDERED, PAID, SHIPPED, *ANNOUNCEMENTS])
    letters = pipeline.topic("event.dead_lettered")

    assert letters is not None
    assert letters.announced
    assert [(party.service, party.group_id) for party in letters.producers] == [
        ("shop", None),
        ("till", None),
        ("depot", None),  # and not the mourner: what becomes of an announcement is announced to nobody
    ]


def test_two_models_of_one_topic_and_version_are_refused_with_modules_services_and_projects() -> None:
    copied = payload("order.paid", name="PaidCopy")
    depot = service("depot", 2, group("depot", copied, SHIPPED), projects=("depot_worker",))

    with pytest.raises(AmbiguousPayload) as refused:
        Pipeline([SHOP, TILL, depot], [ORDERED, PAID, SHIPPED])

    assert str(refused.value) == (
        "'order.paid' version 1 is two models: support.pipelines.OrderPaid (in PAYLOADS; service till (all, "
        "till_worker)) and support.pipelines.PaidCopy (service depot (depot_worker)). Keep one, in the "
        "schemas "
        "brick, and import it from there in both."
    )


def test_two_services_with_a_private_copy_each_are_refused_even_if_neither_is_a_known_payload() -> None:
    ours, theirs = payload("order.lost", name="Ours"), payload("order.lost", name="Theirs")

    with pytest.raises(AmbiguousPayload, match=r"Ours \(service a .* and .*Theirs \(service b"):
        Pipeline([service("a", 0, publishes=(ours,)), service("b", 1, group("b", theirs))], [])


def test_one_topic_in_two_versions_among_the_payloads_is_refused() -> None:
    second = payload("order.paid", name="PaidAgain", version=2)

    with pytest.raises(AmbiguousPayload, match=r"OrderPaid \(version 1\) and .*PaidAgain \(version 2\)"):
        Pipeline([], [PAID, second])
