"""Documents of an older version, read by the new model as they would be from the wire."""

from collections.abc import Iterator
from functools import lru_cache

from pydantic import JsonValue

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.derive.models import reader_schema
from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import text_of
from brickline.contracts.proof import Parser, rejects
from brickline.contracts.subsume.engine import Comparison
from brickline.contracts.trials.constants import texts_of_upcasters
from brickline.contracts.trials.coverage import Coverage
from brickline.contracts.trials.documents import documents
from brickline.contracts.trials.doubts import Doubts
from brickline.contracts.trials.reading import ENDLESS, Failure, failure_as_data, failure_as_event
from brickline.contracts.trials.shape import widest
from brickline.contracts.verdict import Break, Direction, Proof, Rule, Witness
from brickline.contracts.witness.accepts import accepts
from brickline.schemas import Payload

_FEW, _MANY = 30, 200
"""How many documents are tried: of what can be read few, for there is more to check than this."""
_DEPTH = 8
"""How many documents more there must be than there are choices, so that each choice is in one."""
_FORMS = 4
"""How many documents more there are for each text that the upcasters name."""
_AS_EVENTS = 2
"""How many documents are read as whole events, twice: whether the upcasters do the same each time."""


def upcast_breaks(
    old: Contract, model: type[Payload], *, old_model: Parser | None = None
) -> tuple[Break, ...]:
    """Return what the model makes wrong of an older version's documents, each sort once, by its smallest one.

    The documents are those of `documents`, and those of which a comparison of the two schemas says that they
    do not fit; the first are decoded as events, and twice. What `old_model` rejects was never written and
    is not tried, and nothing is after one that takes longer than `limit.DOCUMENT_S`. No break is no proof: an
    upcaster is code, and only tried. Raises `UnrepresentableModel`.
    """
    # To ask is slow. What was never written matters where the writer has checks, or something is wrong.
    trial = _Trial(old, model, old_model if writes_checked(old) else None)
    few = max(_FEW, widest(old.writer.document) + _DEPTH)
    found = trial.failures(few + _FORMS * len(trial.texts))
    if found or trial.seen.lacks():
        trial.old_model = old_model
        if not any(failure.kind == ENDLESS for failure, _ in found):
            found = trial.failures(_MANY)  # among which there may be smaller ones, or some that can be tried
    if not found and (not trial.seen.tried or trial.seen.lacks()):
        return (_untried(old, trial.seen),)
    return tuple(_broken(old, *each) for each in found)


def writes_checked(old: Contract) -> bool:
    """Whether what is made up may break a check of its own writer: then its model is to be asked."""
    return "x-checks" in old.writer.text


class _Trial:
    def __init__(self, old: Contract, model: type[Payload], old_model: Parser | None) -> None:
        self.old, self.model, self.old_model = old, model, old_model
        self.writer, self.reader = old.writer.document, _reader_of(model).document
        self.doubts = Doubts(self.writer, self.reader)
        self.texts = texts_of_upcasters(old, model)
        self.seen = Coverage(self.doubts.checked)

    def failures(self, most: int) -> list[tuple[Failure, JsonValue]]:
        """Try that many documents; return each sort of failure once, with the smallest that shows it."""
        found: dict[str, tuple[Failure, JsonValue]] = {}
        self.seen = Coverage(self.doubts.checked)
        for tried, document in enumerate(self._candidates(most)):
            failure_of = failure_as_event if tried < _AS_EVENTS else failure_as_data
            failure = failure_of(document, self.old, self.model)
            if failure is None:
                self.seen.tried.append(document)
                continue
            known = found.get(failure.kind)
            if known and len(text_of(document)) >= len(text_of(known[1])):
                continue
            # What the old model itself took is beyond doubt.
            if self.old_model is None and self.doubts.may_explain(failure, document):
                self.seen.put_aside.append(document)
                continue
            found[failure.kind] = failure, document
            if failure.kind == ENDLESS:
                break
        return list(found.values())

    def _candidates(self, most: int) -> Iterator[JsonValue]:
        """Yield what the old writer may write: varied, then what the new reader does not take as it is."""
        try:
            bold = self.old_model is not None  # which tells what was written from what never was
            made = documents(self.old.writer, most=most, texts=self.texts, bold=bold)
            yield from filter(self._written, made)
        except NoExample:
            return
        for gap in Comparison(self.writer, self.reader).gaps():
            for value in gap.values:
                if accepts(self.writer, self.writer["$defs"], value, "writes") and self._written(value):
                    yield value

    def _written(self, document: JsonValue) -> bool:
        if self.old_model is None or not rejects(document, self.writer, self.old_model)[0]:
            return True
        self.seen.put_aside.append(document)
        return False


@lru_cache(maxsize=4)  # every older version is tried with the same model
def _reader_of(model: type[Payload]) -> Schema:
    return reader_schema(model)


def _broken(old: Contract, failure: Failure, document: JsonValue) -> Break:
    says = f"the new reader cannot read what version {old.version} wrote: {failure.says}"
    witness = Witness(document, Proof.MODEL, failure.complaint)
    return Break(Direction.BACKWARD, failure.path, Rule.UPCASTER, says, witness)


def _untried(old: Contract, seen: Coverage) -> Break:
    says = f"whether version {old.version} can be read through the upcasters cannot be shown: "
    if seen.tried:
        most = text_of(max(seen.tried, key=lambda document: len(text_of(document))))[:200]
        says += f"they could not be tried on more than {most}, for a check of its own writer leaves no other"
    elif seen.put_aside:
        says += "each that was made up fails a check of its own writer, of which only the name is known"
    else:
        says += "no document of it could be made up"
    witness = Witness(seen.put_aside[0], Proof.NONE) if seen.put_aside else None
    return Break(Direction.BACKWARD, "$", Rule.NOT_UNDERSTOOD, says, witness)
