"""What the real model writes, held against the schemas that say what it does."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.errors import NoExample
from brickline.contracts.limit import TookTooLong, limited
from brickline.contracts.proof import Parser, Rejected, complaint_of, rejects
from brickline.contracts.trials.documents import documents
from brickline.contracts.trials.misfits import misfit
from brickline.contracts.trials.shape import widest
from brickline.contracts.verdict import Break, Direction, Proof, Rule, Witness
from brickline.schemas import MAX_EVENT_BYTES, Payload

_FEW, _MANY = 9, 60
"""How many documents are written: few by a model that is what is on record, for every check does it."""
_DEPTH = 8
_ANYTHING = (Exception, SystemExit)
"""What code of a model may raise."""


def written_breaks(
    new: Contract, model: type[Payload], old: Contract | None = None, old_model: Parser | None = None
) -> tuple[Break, ...]:
    """Return what the model writes beside its schema, or cannot read itself: each sort once, with an example.

    It is made to write by documents that it reads, the smallest of which leaves every default to it. `old` is
    the last contract on record of the same version, and `old_model` what read by it: neither may reject what
    is written now. If `old` is the very same, few documents are tried. No break is no proof: defaults,
    validators and serializers are code.
    """
    trial = _Trial(new, model, old, old_model)
    found: dict[tuple[Rule, Direction, str], Break] = {}
    for broken in trial.breaks(_FEW if old == new else max(_MANY, widest(new.reader.document) + _DEPTH)):
        found.setdefault((broken.rule, broken.direction, broken.path), broken)
    return tuple(found.values())


@dataclass(frozen=True)
class _Trial:
    new: Contract
    model: type[Payload]
    old: Contract | None
    old_model: Parser | None

    def breaks(self, most: int) -> Iterator[Break]:
        yield from self._never_read(most // 2)
        for document in self._read(most):
            try:
                payload = self._parse(to_json(document))
            except _ANYTHING:
                continue  # it takes less than its schema says, as one with a validator may
            try:
                with limited():
                    body = to_json(payload)  # as `encode` does
            except TookTooLong as error:
                yield _unwritten(document, complaint_of(error))
                return  # nor would the next end
            except _ANYTHING as error:
                yield _unwritten(document, complaint_of(error))
                continue
            if len(body) <= MAX_EVENT_BYTES:
                yield from self._held(from_json(body))

    def _never_read(self, most: int) -> Iterator[Break]:
        """Yield what the writer's schema allows and the model rejects, unless its own checks may be why."""
        if "x-checks" in self.new.writer.text:
            return
        with suppress(NoExample):
            for document in documents(self.new.writer, most=most):
                rejected, said = rejects(document, {}, self._parse)
                if rejected and len(to_json(document)) <= MAX_EVENT_BYTES:
                    says = f"the model does not read what its schema says that it writes: {said}"
                    yield _break(Direction.BACKWARD, _path(said), says, Witness(document, Proof.MODEL, said))

    def _read(self, most: int) -> Iterator[JsonValue]:
        """Yield what the model may read; of a type that has no example there, what it may write."""
        for schema in (self.new.reader, self.new.writer):
            with suppress(NoExample):
                yield from documents(schema, most=most, bold=True)
                return

    def _held(self, data: JsonValue) -> Iterator[Break]:
        rejected, said = rejects(data, {}, self._parse)
        if rejected:
            where = misfit(self.new.reader.document, data, "may read") or _path(said)
            says = f"the model does not read what it writes itself: {said}"
            yield _break(Direction.BACKWARD, where, says, Witness(data, Proof.MODEL, said))
        elif (path := misfit(self.new.writer.document, data, "writes")) is not None:
            says = "the model writes what its schema does not say"
            yield _break(Direction.FORWARD, path, says, Witness(data, Proof.SCHEMA))
        yield from self._held_against_old(data)

    def _held_against_old(self, data: JsonValue) -> Iterator[Break]:
        if self.old is None or self.old == self.new:
            return
        reader: Schema = self.old.reader
        rejected, said = rejects(data, reader.document, self.old_model)
        if not rejected:
            return
        where = misfit(reader.document, data, "may read") or _path(said)
        proof = Proof.SCHEMA if self.old_model is None else Proof.MODEL
        says = "the old reader rejects what the model really writes" + (f": {said}" if said else "")
        yield _break(Direction.FORWARD, where, says, Witness(data, proof, said))

    def _parse(self, data: bytes) -> Payload:
        try:
            with limited():
                return self.model.model_validate_json(data)
        except TookTooLong as error:
            raise Rejected(str(error)) from error


def _unwritten(document: JsonValue, said: str) -> Break:
    says = f"the model reads this and cannot write it: {said}"
    return _break(Direction.FORWARD, "$", says, Witness(document, Proof.NONE, said))


def _path(said: str) -> str:
    """Return where a model's complaint is: it names that first, each place in a list by its number."""
    return re.sub(r"\.\d+(?=\.|$)", "[*]", said.partition(": ")[0]) or "$"


def _break(direction: Direction, path: str, says: str, witness: Witness) -> Break:
    return Break(direction, path, Rule.NOT_UNDERSTOOD, says, witness)
