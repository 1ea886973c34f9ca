"""Where in a model a path of a break leads."""

import re
from dataclasses import dataclass

from brickline.contracts.contract import Schema
from brickline.contracts.nodes import Node, branches_of

_STEP = re.compile(r"\[\*\]|\[\d+\]|\{[^}]*\}|\([^)]*\)|[^.\[{(]+")


@dataclass(frozen=True)
class Place:
    """A field, and the class that has it."""

    owner: str
    field: str


def place_of(path: str, model: str, *schemas: Schema) -> Place:
    """Return the field that a path ends in or below, by the first of the schemas that knows it.

    Of the payload as a whole (`$`) the field is the payload itself.
    """
    steps = [step for step in _STEP.findall(path) if step != "$"]
    names = [index for index, step in enumerate(steps) if step[0] not in "[{("]
    if not names:
        return Place(model, "the payload")
    last = names[-1]
    for schema in schemas:
        nodes = _following(schema.document, steps[:last], schema.document["$defs"])
        for name, node in nodes:
            if steps[last] in node.get("properties", {}):
                return Place(name or model, steps[last])
    return Place(model, steps[last])


def _following(root: Node, steps: list[str], defs: Node) -> list[tuple[str, Node]]:
    """Return the classes that the steps lead to, with their schemas; of a union each member."""
    nodes = _classes(root, defs)
    for step in steps:
        parts = [part for _, node in nodes for part in _parts(node, step)]
        nodes = [each for part in parts for each in _classes(part, defs)]
    return nodes


def _classes(node: Node, defs: Node, name: str = "", within: tuple[str, ...] = ()) -> list[tuple[str, Node]]:
    while "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        if name in within or name not in defs:
            return []
        within, node = (*within, name), defs[name]
    if "oneOf" in node:
        return [each for member in node["oneOf"] for each in _classes(member, defs, name, within)]
    if "anyOf" in node:
        return [each for member in branches_of(node) for each in _classes(member, defs, name, within)]
    return [(name, node)]


def _parts(node: Node, step: str) -> list[Node]:
    if step.startswith("["):
        return [*node.get("prefixItems", ()), *([node["items"]] if "items" in node else [])]
    if step.startswith("{"):
        others = node.get("additionalProperties")
        return [others] if isinstance(others, dict) else []
    if step.startswith("("):
        return [node]
    part = node.get("properties", {}).get(step)
    return [] if part is None else [part]
