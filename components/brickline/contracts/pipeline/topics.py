"""Each topic with those who write and read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brickline.contracts.pipeline.parties import Deployed, Party
from brickline.events import ANNOUNCEMENTS
from brickline.schemas import Payload

_ANNOUNCED = frozenset(payload.topic for payload in ANNOUNCEMENTS)


@dataclass(frozen=True)
class Topic:
    """One payload on its way."""

    name: str
    payload: type[Payload]
    producers: tuple[Party, ...]
    """By tier. Of an announcement: every service that may have to make it, as itself."""
    readers: tuple[Party, ...]
    """By tier."""
    announced: bool
    """Whether it is one of `events.ANNOUNCEMENTS`, which no service owns."""

    @property
    def projects(self) -> frozenset[str]:
        """Every project that writes or reads it."""
        return frozenset(name for party in (*self.producers, *self.readers) for name in party.projects)


def topics_of(services: Sequence[Deployed], payloads: Sequence[type[Payload]]) -> tuple[Topic, ...]:
    """Draw each payload's topic, in their order."""
    writers: dict[str, list[Party]] = {}
    readers: dict[str, list[Party]] = {}
    for each in services:
        for topic, party in _written(each):
            writers.setdefault(topic, []).append(party)
        for consumer in each.service.consumers:
            party = _party(each, consumer.group_id)
            readers.setdefault(consumer.payload_type.topic, []).append(party)
    return tuple(
        Topic(
            payload.topic,
            payload,
            tuple(dict.fromkeys(writers.get(payload.topic, ()))),
            tuple(dict.fromkeys(readers.get(payload.topic, ()))),
            payload.topic in _ANNOUNCED,
        )
        for payload in payloads
    )


def _written(each: Deployed) -> Iterator[tuple[str, Party]]:
    service = each.service
    for payload in service.publishes:
        yield payload.topic, _party(each, None)
    for consumer in service.consumers:
        for payload in consumer.publishes:
            yield payload.topic, _party(each, consumer.group_id)
    # What becomes of an announcement is not announced: a failing reader of one would feed itself.
    if any(consumer.payload_type.topic not in _ANNOUNCED for consumer in service.consumers):
        for topic in sorted(_ANNOUNCED):
            yield topic, _party(each, None)


def _party(each: Deployed, group_id: str | None) -> Party:
    return Party(each.service.name, each.service.tier, group_id, each.projects)
