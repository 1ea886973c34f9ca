"""Documents of an older version, read by the new model as they would be from the wire."""

from collections.abc import Iterator

from pydantic import JsonValue

from brickline.contracts.contract import Contract
from brickline.contracts.derive.models import reader_schema
from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import text_of
from brickline.contracts.proof import Parser, rejects
from brickline.contracts.subsume.engine import Comparison
from brickline.contracts.trials.documents import documents
from brickline.contracts.trials.doubts import Doubts
from brickline.contracts.trials.reading import Failure, failure_as_data, failure_as_event
from brickline.contracts.trials.shape import widest
from brickline.contracts.verdict import Break, Direction, Proof, Rule, Witness
from brickline.contracts.witness.accepts import accepts
from brickline.schemas import Payload

_FEW, _MANY = 24, 200
"""How many documents are tried: of what can be read few, for there is more to check than this."""
_DEPTH = 8
"""How many documents more there must be than there are choices, so that each choice is in one."""
_AS_EVENTS = 2
"""How many documents are read as whole events, twice: whether the upcasters do the same each time."""


def upcast_breaks(
    old: Contract, model: type[Payload], *, old_model: Parser | None = None
) -> tuple[Break, ...]:
    """Return what the model makes wrong of an older version's documents, each sort once, by its smallest one.

    The documents are those of `documents`, and those of which a comparison of the two schemas says that they
    do not fit; the first are decoded as events, and twice. What `old_model` rejects was never written and
    is not tried. No break is no proof: an upcaster is code, and only tried. Raises `UnrepresentableModel`.
    """
    trial = _Trial(old, model, old_model)
    found = trial.failures(max(_FEW, widest(old.writer.document) + _DEPTH))
    if found:
        found = trial.failures(_MANY)  # among which there may be smaller ones
    if trial.all_in_doubt:
        return (_untried(old, trial.doubtful),)
    return tuple(_broken(old, *each) for each in found)


class _Trial:
    def __init__(self, old: Contract, model: type[Payload], old_model: Parser | None) -> None:
        self.old, self.model, self.old_model = old, model, old_model
        self.writer, self.reader = old.writer.document, reader_schema(model).document
        self.doubts = Doubts(self.writer, self.reader)
        self.doubtful: list[JsonValue] = []
        self.all_in_doubt = False

    def failures(self, most: int) -> list[tuple[Failure, JsonValue]]:
        """Try that many documents; return each sort of failure once, with the smallest that shows it."""
        found: dict[str, tuple[Failure, JsonValue]] = {}
        tried, self.doubtful = 0, []
        for document in self._candidates(most):
            tried += 1
            failure_of = failure_as_event if tried <= _AS_EVENTS else failure_as_data
            failure = failure_of(document, self.old, self.model)
            if failure is None:
                continue
            known = found.get(failure.kind)
            if known and len(text_of(document)) >= len(text_of(known[1])):
                continue
            if self.doubts.may_explain(failure, document):
                self.doubtful.append(document)
                continue
            found[failure.kind] = failure, document
        self.all_in_doubt = tried == len(self.doubtful)
        return list(found.values())

    def _candidates(self, most: int) -> Iterator[JsonValue]:
        """Yield what the old writer may write: varied, then what the new reader does not take as it is."""
        try:
            yield from filter(self._written, documents(self.old.writer, most=most))
        except NoExample:
            return
        for gap in Comparison(self.writer, self.reader).gaps():
            for value in gap.values:
                if accepts(self.writer, self.writer["$defs"], value, "writes") and self._written(value):
                    yield value

    def _written(self, document: JsonValue) -> bool:
        return self.old_model is None or not rejects(document, self.writer, self.old_model)[0]


def _broken(old: Contract, failure: Failure, document: JsonValue) -> Break:
    says = f"the new reader cannot read what version {old.version} wrote: {failure.says}"
    witness = Witness(document, Proof.MODEL, failure.complaint)
    return Break(Direction.BACKWARD, failure.path, Rule.UPCASTER, says, witness)


def _untried(old: Contract, doubtful: list[JsonValue]) -> Break:
    says = f"whether version {old.version} can be read through the upcasters cannot be shown: "
    if doubtful:
        says += "each that was made up fails a check of its own writer, of which only the name is known"
    else:
        says += "no document of it could be made up"
    witness = Witness(doubtful[0], Proof.NONE) if doubtful else None
    return Break(Direction.BACKWARD, "$", Rule.NOT_UNDERSTOOD, says, witness)
