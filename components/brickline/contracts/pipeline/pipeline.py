"""The pipeline as a whole."""

from collections.abc import Mapping, Sequence

from brickline.contracts.pipeline.models import check_models
from brickline.contracts.pipeline.parties import Deployed
from brickline.contracts.pipeline.problem import Problem
from brickline.contracts.pipeline.problems import problems_of
from brickline.contracts.pipeline.topics import Topic, topics_of
from brickline.schemas import Payload


class Pipeline:
    """Every service with the projects that run it, and every payload that there is (`schemas.PAYLOADS`).

    `routes` are the groups by topic that publishers know of (`schemas.ROUTES`); if None, it is not looked at.
    Raises `AmbiguousPayload` if two models claim to be one topic's.
    """

    def __init__(
        self,
        services: Sequence[Deployed],
        payloads: Sequence[type[Payload]],
        routes: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.services = tuple(sorted(services, key=lambda each: (each.service.tier, each.service.name)))
        """By tier, then by name."""
        self.payloads = tuple(payloads)
        check_models(self.services, self.payloads)
        self.topics = topics_of(self.services, self.payloads)
        """In the order of `payloads`."""
        self._routes = routes
        self._by_name = {topic.name: topic for topic in self.topics}

    def topic(self, name: str) -> Topic | None:
        """Return the topic, or None if no payload has it."""
        return self._by_name.get(name)

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with it, the same in the same order each time."""
        return problems_of(self.services, self.payloads, self.topics, self._routes)
