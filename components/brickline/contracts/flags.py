"""Changes that break no document and are worth a word: the reader means something else by what it reads."""

from collections.abc import Iterator

from pydantic import JsonValue

from brickline.contracts.contract import Contract
from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, branches_of, resolved, text_of
from brickline.contracts.proof import Parser, witness_of
from brickline.contracts.verdict import Flag, Rule, Witness
from brickline.contracts.witness.examples import example


def flags_of(old: Contract, new: Contract, new_model: Parser | None = None) -> tuple[Flag, ...]:
    """Hold the new reader against the old one."""
    return tuple(_Flags(old, new, new_model).between(old.reader.document, new.reader.document, ""))


class _Flags:
    def __init__(self, old: Contract, new: Contract, model: Parser | None) -> None:
        self.old_defs: Node = old.reader.document["$defs"]
        self.new_defs: Node = new.reader.document["$defs"]
        self.new, self.model = new, model
        self._seen: set[tuple[str, str]] = set()

    def between(self, old: Node, new: Node, path: str) -> Iterator[Flag]:
        references = (str(old.get("$ref")), str(new.get("$ref")))
        if references != ("None", "None"):
            if references in self._seen:
                return
            self._seen.add(references)
        old, new = resolved(old, self.old_defs), resolved(new, self.new_defs)
        yield from _order(old, new, path)
        if "properties" in old and "properties" in new:
            yield from self._objects(old, new, path)
        for step, old_part, new_part in _parts(old, new):
            yield from self.between(old_part, new_part, path + step)

    def _objects(self, old: Node, new: Node, path: str) -> Iterator[Flag]:
        before, after = old["properties"], new["properties"]
        if old.get("additionalProperties") is not False and new.get("additionalProperties") is False:
            says = "a writer may no longer add a field: the reader now refuses what it does not know"
            yield Flag(
                path or "$", Rule.EXTRA_FORBIDDEN, says, refused=True, witness=self._with_a_stranger(path)
            )
        for name in before.keys() & after.keys():
            where = f"{path}.{name}" if path else name
            yield from _default(before[name], after[name], where)
            yield from self.between(before[name], after[name], where)
        yield from _renamed(old, new, path)

    def _with_a_stranger(self, path: str) -> Witness | None:
        if path:
            return None
        writer = self.new.writer.document
        try:
            value: JsonValue = example(writer, writer["$defs"])
        except NoExample:
            return None
        document = {**value, "added_later": "anything"} if isinstance(value, dict) else value
        later: Node = {}  # a writer of a later version, of which nothing is known
        return witness_of([document], later, self.new.reader.document, self.model)


def _default(old: Node, new: Node, path: str) -> Iterator[Flag]:
    before, after = _meaning(old), _meaning(new)
    if before and after and before != after:
        says = f"a document without it meant {before} and now means {after}"
        yield Flag(path, Rule.DEFAULT_CHANGED, says)


def _order(old: Node, new: Node, path: str) -> Iterator[Flag]:
    """Tell of a union that is read as another member of it than before."""
    if "anyOf" not in old or "anyOf" not in new:
        return
    before, after = old.get("x-first", False), new.get("x-first", False)
    says = "what fits several of its types was read as {}, and is now read as {}"
    ways = ("the one that fits best", "the first of them")
    if before != after:
        yield Flag(path or "$", Rule.UNION_ORDER, says.format(ways[before], ways[after]))
    elif after and _in_turn(old, new) != _in_turn(new, old):
        said = says.format(ways[before], "the first of them in another order")
        yield Flag(path or "$", Rule.UNION_ORDER, said)


def _in_turn(one: Node, other: Node) -> list[str]:
    known = {text_of(member) for member in other["anyOf"]}
    return [text for member in one["anyOf"] if (text := text_of(member)) in known]


def _meaning(node: Node) -> str | None:
    """Return what is read where nothing was written; None if something must be, or nobody knows."""
    if "x-factory" in node:
        return f"what {node['x-factory']} makes"
    return text_of(node["default"]) if "default" in node else None


def _renamed(old: Node, new: Node, path: str) -> Iterator[Flag]:
    """Tell of an optional field that went while another of the same form came: a rename, or so it seems."""
    before, after = _optional(old), _optional(new)
    known = {each for name, part in new["properties"].items() for each in (name, *part.get("x-names", ()))}
    for gone in sorted(before.keys() - known):
        for come in sorted(after.keys() - old["properties"].keys()):
            if before[gone] == after[come]:
                says = f"if it was renamed, what is written as {gone!r} is lost to a reader of {come!r}"
                yield Flag(f"{path}.{gone}" if path else gone, Rule.RENAME_OPTIONAL, says)
                break


def _optional(node: Node) -> dict[str, Node]:
    return {
        name: {key: value for key, value in part.items() if key not in ("default", "x-factory", "x-names")}
        for name, part in node["properties"].items()
        if name not in node.get("required", ())
    }


def _parts(old: Node, new: Node) -> Iterator[tuple[str, Node, Node]]:
    if "items" in old and "items" in new:
        yield "[*]", old["items"], new["items"]
    for place, parts in enumerate(zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False)):
        yield f"[{place}]", *parts
    if isinstance(old.get("additionalProperties"), dict) and isinstance(
        new.get("additionalProperties"), dict
    ):
        yield "{*}", old["additionalProperties"], new["additionalProperties"]
    if "oneOf" in old and "oneOf" in new:
        before, after = old["discriminator"]["mapping"], new["discriminator"]["mapping"]
        for tag in sorted(before.keys() & after.keys()):
            yield f"({tag})", before[tag], after[tag]
    if "anyOf" in old or "anyOf" in new:
        yield from _unions(branches_of(old), branches_of(new))


def _unions(old: tuple[Node, ...], new: tuple[Node, ...]) -> Iterator[tuple[str, Node, Node]]:
    """Pair the members that are not null, in order, if there are equally many."""
    before = [member for member in old if member.get("type") != "null"]
    after = [member for member in new if member.get("type") != "null"]
    if len(before) == len(after):
        yield from (("", *pair) for pair in zip(before, after, strict=True))
