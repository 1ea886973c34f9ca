"""One contract held against another, in both directions."""

from collections.abc import Iterator

from brickline.contracts.contract import Contract
from brickline.contracts.errors import MismatchedContracts
from brickline.contracts.flags import flags_of
from brickline.contracts.proof import Parser, witness_of
from brickline.contracts.subsume.engine import Comparison
from brickline.contracts.subsume.gap import Kind
from brickline.contracts.verdict import Break, Direction, Proof, Rule, Verdict

_RULES: dict[Kind, tuple[Rule, Rule]] = {
    Kind.ABSENT: (Rule.ADD_REQUIRED, Rule.REMOVE_REQUIRED),
    Kind.RENAMED: (Rule.RENAME_REQUIRED, Rule.RENAME_REQUIRED),
    Kind.OMITTED: (Rule.OPTIONAL_TO_REQUIRED, Rule.REQUIRED_TO_OPTIONAL),
    Kind.NARROWER: (Rule.NARROW, Rule.WIDEN),
    Kind.CHOICE: (Rule.REMOVE_CHOICE, Rule.ADD_CHOICE),
    Kind.FORBIDDEN: (Rule.EXTRA_FORBIDDEN, Rule.EXTRA_FORBIDDEN),
    Kind.UNKNOWN: (Rule.NOT_UNDERSTOOD, Rule.NOT_UNDERSTOOD),
}
"""What a gap is called if the new reader has it, and if the old one has."""

_SIDES = {
    Direction.BACKWARD: "the new reader rejects what the old writer writes",
    Direction.FORWARD: "the old reader rejects what the new writer writes",
}


def compare(
    old: Contract, new: Contract, *, old_model: Parser | None = None, new_model: Parser | None = None
) -> Verdict:
    """Say what a change of one contract into the other breaks, in which direction, by which document.

    The models parse the JSON of a payload and raise if they reject it. A witness is confirmed by them, or by
    the schema where there is none. Raises `MismatchedContracts`.
    """
    if old.topic != new.topic:
        raise MismatchedContracts(
            f"{old.topic!r} cannot be compared with {new.topic!r}: name two of one topic"
        )
    backward = Comparison(old.writer.document, new.reader.document)
    forward = Comparison(new.writer.document, old.reader.document)
    breaks = (
        *_breaks(backward, Direction.BACKWARD, new_model),
        *_breaks(forward, Direction.FORWARD, old_model),
    )
    return Verdict(old.topic, old.version, new.version, breaks, flags_of(old, new, new_model))


def _breaks(comparison: Comparison, direction: Direction, model: Parser | None) -> Iterator[Break]:
    for gap in comparison.gaps():
        rule = _RULES[gap.kind][direction is Direction.FORWARD]
        witness = witness_of(gap.values, comparison.writer, comparison.reader, model)
        says = f"{_SIDES[direction]}: {gap.says}"
        if witness is None or witness.proof is Proof.NONE:
            rule = Rule.NOT_UNDERSTOOD
            says = f"whether {_SIDES[direction]} cannot be shown: {gap.says}"
        yield Break(direction, gap.path or "$", rule, says, witness)
