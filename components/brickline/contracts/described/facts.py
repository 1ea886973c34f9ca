"""What there is to say of each part of a schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from brickline.contracts.contract import Schema
from brickline.contracts.described.names import WORDS, name_of, shown
from brickline.contracts.nodes import Node

# Told by the name of the type, or by the parts.
_TOLD_ELSEWHERE = frozenset(
    {"$ref", "$defs", "type", "enum", "anyOf", "oneOf", "items", "prefixItems", "properties", "required"}
    | {"propertyNames", "uniqueItems"}
)


_OTHER_FIELDS = "other fields"


@dataclass(frozen=True)
class Facts:
    """Of one part: its type, and what else holds of it, in words."""

    parent: str | None
    kind: str
    """Empty for the items of a list and the values of a map, for which the kind of that speaks."""
    others: Mapping[str, str]

    def told(self) -> Iterator[str]:
        """Yield all of it."""
        if self.kind:
            yield self.kind
        for word, value in self.others.items():
            yield f"{word} {value}".rstrip()

    def changes(self, new: "Facts") -> Iterator[str]:
        """Yield what is not as it was."""
        if self.kind != new.kind:
            yield f"{self.kind} -> {new.kind}"
        for word in sorted(self.others.keys() | new.others.keys()):
            was, now = self.others.get(word), new.others.get(word)
            if was == now:
                continue
            if not (was or now):  # said by the word alone
                yield word if was is None else f"no longer {word}"
            else:
                yield f"{word} {'none' if was is None else was} -> {'none' if now is None else now}"


def facts_of(schema: Schema, *, closed: bool) -> Mapping[str, Facts]:
    """Return those of each part by its path, as `insights.themes[*]`; the payload itself is `$`.

    Whether other fields are refused is among them if they are to be told `closed`.
    """
    document = schema.document
    root = {key: value for key, value in document.items() if key != "$defs"}
    found = dict(_parts(root, document["$defs"], "$", None, {}, ()))
    if closed:
        return found
    return {path: replace(each, others=_without_closed(each.others)) for path, each in found.items()}


def _without_closed(others: Mapping[str, str]) -> Mapping[str, str]:
    return {word: value for word, value in others.items() if word != _OTHER_FIELDS}


def _parts(
    node: Node, defs: Node, path: str, parent: str | None, said: Mapping[str, str], within: tuple[str, ...]
) -> Iterator[tuple[str, Facts]]:
    """Yield a part and those in it; a definition that holds itself is gone into once."""
    kind = "" if path.endswith(("[*]", "{*}")) else name_of(node)
    while "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in within or name not in defs:
            yield path, Facts(parent, kind, said)
            return
        within = (*within, name)
        node = {**defs[name], **{key: value for key, value in node.items() if key != "$ref"}}
    members = node.get("anyOf") or node.get("oneOf") or ()
    own = {**said, **_others(node)}
    real = [member for member in members if member.get("type") != "null"]
    if len(real) == 1:  # optional, and else what it is
        found = dict(_parts(real[0], defs, path, parent, own, within))
        yield path, Facts(parent, kind, {**found.pop(path).others, **own})
        yield from found.items()
        return
    yield path, Facts(parent, kind, own)
    for member in real:
        yield from _parts(member, defs, f"{path}({name_of(member)})", path, {}, within)
    yield from _inner(node, defs, path, within)


def _inner(node: Node, defs: Node, path: str, within: tuple[str, ...]) -> Iterator[tuple[str, Facts]]:
    required = node.get("required", ())
    for name, part in sorted(node.get("properties", {}).items()):
        where = name if path == "$" else f"{path}.{name}"
        said = {"required": ""} if name in required else {}
        yield from _parts(part, defs, where, path, said, within)
    if isinstance(node.get("items"), dict):
        yield from _parts(node["items"], defs, f"{path}[*]", path, {}, within)
    for place, part in enumerate(node.get("prefixItems", ())):
        yield from _parts(part, defs, f"{path}[{place}]", path, {}, within)
    others = node.get("additionalProperties")
    if isinstance(others, dict) and (others or "propertyNames" in node):
        yield from _parts(others, defs, f"{path}{{*}}", path, {}, within)
    if node.get("propertyNames", {}) not in ({}, {"type": "string"}):
        yield from _parts(node["propertyNames"], defs, f"{path}{{key}}", path, {}, within)


def _others(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in sorted(node.keys() - _TOLD_ELSEWHERE):
        if key == "additionalProperties":
            if "properties" in node and not isinstance(node[key], dict):
                found[_OTHER_FIELDS] = "refused"
        elif node[key] is True:
            found[WORDS.get(key, key)] = ""
        else:
            found[WORDS.get(key, key)] = shown(node[key], as_json=key == "default")
    return found
