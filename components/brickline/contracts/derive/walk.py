"""The walk over a core schema: one handler for each of its types, and what holds for all of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from brickline.contracts.derive.definitions import provisional
from brickline.contracts.errors import UnrepresentableModel
from brickline.contracts.nodes import Node

Core = Mapping[str, Any]
Side = Literal["writer", "reader"]
Handler = Callable[["Walk", Core], Node]


@dataclass
class Walk:
    """One walk: which side is derived, what is defined so far, and whose configuration holds."""

    side: Side
    handlers: Mapping[str, Handler]
    serialized: Callable[["Walk", Core], Node | None]
    """What a writer's own serializer makes of a node; None if it has none."""
    defs: dict[str, Node] = field(default_factory=dict)
    config: Core = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    definitions: dict[str, Core] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def node(self, core: Core) -> Node:
        """Return the schema of one core schema; of one that has a name, a reference to it."""
        name = core.get("ref")
        return self._made(core) if name is None else self._defined(name, core)

    def definition(self, name: str) -> Node:
        """Return a reference to a schema that is defined elsewhere."""
        return self._defined(name, self.definitions[name])

    def setting(self, core: Core, key: str, of_config: str | None = None) -> Any:
        """Return a setting of a node, or else of the configuration that holds there."""
        value = core.get(key)
        return self.config.get(of_config or key) if value is None else value

    @contextmanager
    def configured(self, config: Core | None) -> Iterator[None]:
        """Let another configuration hold; a model takes nothing over from the one around it."""
        before, self.config = self.config, self.config if config is None else config
        try:
            yield
        finally:
            self.config = before

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Remember the field for what may be said of it."""
        self.where.append(name)
        try:
            yield
        finally:
            self.where.pop()

    def unrepresentable(self, what: str) -> UnrepresentableModel:
        """Return the error that says what stands where."""
        return UnrepresentableModel(f"{'.'.join(self.where) or '$'}: {what}")

    def _defined(self, name: str, core: Core) -> Node:
        if name not in self._names:
            self._names[name] = provisional(class_of(core), len(self._names))
            self.defs[self._names[name]] = {}
            self.defs[self._names[name]] = self._made(core)
        return {"$ref": f"#/$defs/{self._names[name]}"}

    def _made(self, core: Core) -> Node:
        try:
            return self._described(core)
        except UnrepresentableModel:
            raise
        except Exception as error:  # code of the model's own is asked for its name and its parts
            raise self.unrepresentable(
                f"a {core['type']!r} cannot be described: {type(error).__name__}: {error}"
            ) from error

    def _described(self, core: Core) -> Node:
        if self.side == "writer" and "serialization" in core:
            written = self.serialized(self, core)
            if written is not None:
                return written
        handler = self.handlers.get(core["type"])
        if handler is None:
            raise self.unrepresentable(f"a {core['type']!r} has no form in JSON that could be compared")
        return handler(self, core)


def class_of(core: Core) -> type | None:
    """Return the class that is described, whatever validators stand around it."""
    while "cls" not in core and "schema" in core:
        core = core["schema"]
    found = core.get("cls")
    return found if isinstance(found, type) else None
