"""A small pipeline around payloads made up for a test, and the folder in which they are recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import new_class
from typing import Any

from pydantic import ConfigDict, Field

from brickline.contracts import (
    Accepted,
    Deployed,
    OldModels,
    Pipeline,
    Report,
    Snapshot,
    SnapshotFolder,
    accept,
    check,
)
from brickline.events import Consumer, Service
from brickline.schemas import Payload, Upcaster

TOPIC = "order.placed"


def payload(
    version: int = 1,
    upcasters: Mapping[int, Upcaster] | None = None,
    *,
    topic: str = TOPIC,
    called: str = "OrderPlaced",
    extra: Any = "ignore",
    **fields: Any,
) -> type[Payload]:
    """A payload of the given fields: a type alone is required, a pair has a default."""
    made = {field: each if isinstance(each, tuple) else (each, Field()) for field, each in fields.items()}
    body: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": {field: kind for field, (kind, _) in made.items()},
        "topic": topic,
        "version": version,
        "upcasters": upcasters or {},
        "model_config": ConfigDict(extra=extra),
        **{field: default for field, (_, default) in made.items()},
    }
    return new_class(called, (Payload,), exec_body=lambda namespace: namespace.update(body))


def pipeline(*payloads: type[Payload]) -> Pipeline:
    """A gateway that writes each of them and a worker that reads it; and both in one."""
    readers = tuple(_reader(each) for each in payloads)
    return Pipeline(
        [
            Deployed(Service("gateway", 0, publishes=payloads), ("all_in_one", "gateway")),
            Deployed(Service("orders", 1, consumers=readers), ("all_in_one", "order_worker")),
        ],
        payloads,
    )


def _reader(read: type[Payload]) -> type[Consumer[Any]]:
    body = {"group_id": f"orders.{read.topic}"}
    return new_class("Reader", (Consumer[read],), exec_body=lambda namespace: namespace.update(body))  # type: ignore[valid-type]  # a class made at run time


@dataclass
class Workspace:
    """Payloads as the code has them now, and what is recorded of them."""

    path: Path

    @property
    def folder(self) -> SnapshotFolder:
        return SnapshotFolder(self.path)

    @property
    def recorded(self) -> Mapping[str, Snapshot]:
        return self.folder.read()

    def accepting(self, *payloads: type[Payload]) -> Accepted:
        """Record what they are now."""
        return accept(pipeline(*payloads), self.folder)

    def report(
        self,
        *payloads: type[Payload],
        base: Mapping[str, Snapshot] | None = None,
        old_models: OldModels | None = None,
    ) -> Report:
        """Check what they are now."""
        return check(pipeline(*payloads), self.recorded, base=base, old_models=old_models)

    def texts(self) -> dict[str, bytes]:
        """Every file there is, whatever it is called."""
        return {each.name: each.read_bytes() for each in self.path.iterdir()} if self.path.exists() else {}
