"""That each topic has one model."""

from collections.abc import Iterator, Sequence

from brickline.contracts.errors import AmbiguousPayload
from brickline.contracts.pipeline.parties import Deployed
from brickline.schemas import Payload


def check_models(services: Sequence[Deployed], payloads: Sequence[type[Payload]]) -> None:
    """Hold the models that services use against each other and against `payloads`.

    Raises `AmbiguousPayload` if two have one topic and version, or if `payloads` holds a topic twice.
    """
    known = _by_topic(payloads)
    models: dict[tuple[str, int], type[Payload]] = {(each.topic, each.version): each for each in payloads}
    for payload in _used(services):
        other = models.setdefault((payload.topic, payload.version), payload)
        if other is not payload:
            places = (_place(model, services, known) for model in (other, payload))
            raise AmbiguousPayload(
                f"{payload.topic!r} version {payload.version} is two models: {' and '.join(places)}. "
                "Keep one, in the schemas brick, and import it from there in both."
            )


def name_of(payload: type[Payload]) -> str:
    """Return the model's full name."""
    return f"{payload.__module__}.{payload.__qualname__}"


def _by_topic(payloads: Sequence[type[Payload]]) -> dict[str, type[Payload]]:
    known: dict[str, type[Payload]] = {}
    for payload in payloads:
        other = known.setdefault(payload.topic, payload)
        if other is not payload:
            raise AmbiguousPayload(
                f"PAYLOADS has two models of {payload.topic!r}: {name_of(other)} (version {other.version}) "
                f"and {name_of(payload)} (version {payload.version}). Keep the newest; older versions are "
                "read by its upcasters."
            )
    return known


def _used(services: Sequence[Deployed]) -> Iterator[type[Payload]]:
    for each in services:
        yield from each.service.reads
        yield from each.service.writes


def _place(payload: type[Payload], services: Sequence[Deployed], known: dict[str, type[Payload]]) -> str:
    users = [str(each) for each in services if payload in (*each.service.reads, *each.service.writes)]
    places = [f"service {user}" for user in users]
    if known.get(payload.topic) is payload:
        places.insert(0, "in PAYLOADS")
    return f"{name_of(payload)} ({'; '.join(places)})"
