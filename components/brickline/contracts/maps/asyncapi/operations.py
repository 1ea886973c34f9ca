"""What each service does with each topic."""

from collections.abc import Iterator, Sequence
from typing import Any

from brickline.contracts.maps.asyncapi.amqp import QUEUE_PREFIX, receiving, sending
from brickline.contracts.pipeline import Party, Topic


def operations_of(topic: Topic, versions: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return a name and an operation for each service that sends, and for each group that receives.

    `versions` are the names of the channel's messages; the last is what is written.
    """
    senders: dict[str, list[Party]] = {}
    for party in topic.producers:
        senders.setdefault(party.service, []).append(party)
    for service, parties in senders.items():
        yield f"{service}.send.{topic.name}", _send(topic, parties, versions[-1:])
    for party in topic.readers:
        yield f"{_reader(party)}.receive.{topic.name}", _receive(topic, party, versions)


def _reader(party: Party) -> str:
    """Name a reader; a group's name mostly begins with its service's."""
    group_id = party.group_id or ""
    begins = group_id == party.service or group_id.startswith(f"{party.service}.")
    return group_id if begins else f"{party.service}.{group_id}"


def _send(topic: Topic, parties: Sequence[Party], versions: Sequence[str]) -> dict[str, Any]:
    first = parties[0]
    groups = [party.group_id for party in parties if party.group_id]
    who = f"{first.service} publishes"
    if topic.announced:
        summary = f"{first.service} announces what became of an event that one of its groups did not settle."
    elif groups:
        summary = f"{who} it on behalf of {', '.join(groups)}."
    else:
        summary = f"{who} it: a flow starts here."
    return {
        "action": "send",
        "title": f"{first.service} sends {topic.name}",
        "summary": summary,
        **_common(topic, versions, first, groups),
        "bindings": {"amqp": sending()},
    }


def _receive(topic: Topic, party: Party, versions: Sequence[str]) -> dict[str, Any]:
    group_id = party.group_id or ""
    return {
        "action": "receive",
        "title": f"{group_id} receives {topic.name}",
        "summary": f"Consumer group {group_id} of {party.service}, queue {QUEUE_PREFIX}{group_id}.",
        **_common(topic, versions, party, [group_id]),
        "bindings": {"amqp": receiving(group_id)},
    }


def _common(topic: Topic, versions: Sequence[str], party: Party, groups: Sequence[str]) -> dict[str, Any]:
    channel = f"#/channels/{topic.name}"
    tags = [
        f"service:{party.service}",
        f"tier:{party.tier}",
        *(f"group:{group_id}" for group_id in groups),
        *(f"project:{name}" for name in party.projects),
    ]
    return {
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{version}"} for version in versions],
        "tags": [{"name": tag} for tag in tags],
    }
