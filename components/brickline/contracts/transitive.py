"""A new contract held against every retained one, and names that must not come back as something else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from brickline.contracts.compare import compare
from brickline.contracts.contract import Contract, Schema
from brickline.contracts.nodes import Node, branches_of, resolved
from brickline.contracts.proof import Parser, witness_of
from brickline.contracts.subsume.engine import Comparison
from brickline.contracts.subsume.gap import Kind
from brickline.contracts.verdict import Flag, Proof, Rule, Verdict


@dataclass(frozen=True)
class Tombstone:
    """A name that was written once and is no more: documents with it may still be anywhere."""

    path: str
    version: int
    """The last version that wrote it."""
    writer: Schema
    """What that version wrote."""


@dataclass(frozen=True)
class History:
    """What a new contract is to all that is retained."""

    verdicts: tuple[Verdict, ...]
    """One for each retained contract, in their order."""
    reused: tuple[Flag, ...]
    """Removed names that come back with another type, which no comparison with the last version shows."""

    @property
    def backward(self) -> bool:
        """Whether the new reader accepts what any retained writer wrote."""
        return all(verdict.backward for verdict in self.verdicts) and not self.reused

    @property
    def forward(self) -> bool:
        """Whether every retained reader accepts what the new writer writes."""
        return all(verdict.forward for verdict in self.verdicts)

    @property
    def full(self) -> bool:
        """Whether both hold."""
        return self.backward and self.forward


def check_all(
    retained: Sequence[Contract],
    new: Contract,
    *,
    tombstones: Sequence[Tombstone] = (),
    models: Mapping[Contract, Parser] | None = None,
) -> History:
    """Compare with every retained contract, oldest first, and with names removed before them (`tombstones`).

    Documents are compared as they are. What upcasters make of an older version only the caller knows, who may
    pass a parser that applies them. Raises `MismatchedContracts`.
    """
    models = models or {}
    verdicts = tuple(
        compare(old, new, old_model=models.get(old), new_model=models.get(new)) for old in retained
    )
    graves = dict.fromkeys((*tombstones, *buried([*retained, new])))
    return History(verdicts, tuple(_reused(graves, new, models.get(new))))


def buried(contracts: Sequence[Contract]) -> tuple[Tombstone, ...]:
    """Return a tombstone for each name that one contract wrote and the next, oldest first, no longer does."""
    found: list[Tombstone] = []
    for before, after in pairwise(contracts):
        gone = paths(before.writer).keys() - paths(after.writer).keys()
        found += [Tombstone(path, before.version, before.writer) for path in sorted(gone)]
    return tuple(found)


def _reused(graves: Iterable[Tombstone], new: Contract, model: Parser | None) -> Iterator[Flag]:
    names = paths(new.reader)
    for grave in graves:
        if grave.path not in names:
            continue
        for gap in Comparison(grave.writer.document, new.reader.document).gaps():
            if gap.kind in (Kind.ABSENT, Kind.RENAMED, Kind.OMITTED) or not _at(gap.path, grave.path):
                continue
            witness = witness_of(gap.values, grave.writer.document, new.reader.document, model)
            proven = witness is not None and witness.proof is not Proof.NONE
            says = f"version {grave.version} wrote it as something else, and its documents may still be read"
            doubt = "" if proven else ", as far as can be told"
            yield Flag(
                gap.path, Rule.NAME_REUSED, f"{says}{doubt}: {gap.says}", refused=True, witness=witness
            )


def _at(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}[", f"{name}{{"))


def paths(schema: Schema) -> dict[str, Node]:
    """Return every name of a schema by its path, those of a recursive model once."""
    return dict(_names(schema.document, schema.document["$defs"], "", ()))


def _names(node: Node, defs: Node, path: str, within: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    if "$ref" in node:
        if node["$ref"] in within:
            return
        within = (*within, node["$ref"])
    node = resolved(node, defs)
    for name, part in node.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        yield where, part
        yield from _names(part, defs, where, within)
    if isinstance(node.get("items"), dict):
        yield from _names(node["items"], defs, f"{path}[*]", within)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _names(node["additionalProperties"], defs, f"{path}{{*}}", within)
    members = node["discriminator"]["mapping"].values() if "oneOf" in node else branches_of(node)
    for member in members:
        if member is not node:
            yield from _names(member, defs, path, within)
