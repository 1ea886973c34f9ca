"""The verdict held against documents: pairs of models, one a mutation of the other, and what each writes."""

import json
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st
from pydantic import BaseModel

from brickline.contracts import Contract, Direction, NoExample, Proof, Rule, Verdict, compare, documents
from brickline.contracts.derive.models import reader_schema, writer_schema
from brickline.contracts.witness.accepts import accepts
from support.contract_documents import drawn
from support.contract_kinds import models, mutated, unsaid_models
from support.contract_models import buildable, calmly, contract, reads, writes


def check_sides(old: type[BaseModel], new: type[BaseModel], data: st.DataObject) -> None:
    before, after = contract(old), contract(new)
    verdict = compare(before, after, old_model=old.model_validate_json, new_model=new.model_validate_json)
    for safe, writer, reader in (
        (verdict.backward, before.writer, new),
        (verdict.forward, after.writer, old),
    ):
        event(f"safe: {safe}")
        if safe:
            for _ in range(3):
                document = drawn(data, writer)
                assert reads(reader, document), f"{document} is refused, which was called safe"
    check_witnesses(verdict, before, after, old, new)
    check_witnesses(compare(before, after), before, after, old, new)


def check_witnesses(
    verdict: Verdict, before: Contract, after: Contract, old: type[BaseModel], new: type[BaseModel]
) -> None:
    for broken in verdict.breaks:
        event(broken.rule)
        if broken.rule is Rule.NOT_UNDERSTOOD and (
            broken.witness is None or broken.witness.proof is Proof.NONE
        ):
            event(f"not understood: {broken.says.partition(':')[2][:60]}")
            continue
        backward = broken.direction is Direction.BACKWARD
        assert broken.witness is not None
        assert not reads(new if backward else old, broken.witness.document), broken
        writer = (before if backward else after).writer.document
        assert accepts(writer, writer["$defs"], broken.witness.document, "writes"), broken


def made_up(model: type[BaseModel]) -> list[Any]:
    try:
        return list(documents(writer_schema(model), most=20))
    except NoExample:
        return []


@calmly
@given(models | unsaid_models, st.data())
def test_of_a_model_and_its_mutation_no_safe_change_is_refuted_and_every_witness_is_rejected(
    rows: Any, data: st.DataObject
) -> None:
    old = buildable(rows)
    assume(rows)
    changed = data.draw(mutated(rows))
    new = buildable(changed)
    check_sides(old, new, data)


@calmly
@given(models, st.data())
def test_no_document_that_is_made_up_of_one_side_refutes_a_safe_change_either(
    rows: Any, data: st.DataObject
) -> None:
    old = buildable(rows)
    assume(rows)
    new = buildable(data.draw(mutated(rows)))
    verdict = compare(contract(old), contract(new))
    for safe, writer, reader in ((verdict.backward, old, new), (verdict.forward, new, old)):
        for document in made_up(writer) if safe else ():
            assert reads(reader, document), f"{document} is refused, which was called safe"


@calmly
@given(models | unsaid_models, st.data())
def test_what_a_model_really_writes_and_reads_refutes_no_safe_change_either(
    rows: Any, data: st.DataObject
) -> None:
    old = buildable(rows)
    assume(rows)
    new = buildable(data.draw(mutated(rows)))
    verdict = compare(contract(old), contract(new))
    for safe, writer, reader in ((verdict.backward, old, new), (verdict.forward, new, old)):
        document = drawn(data, reader_schema(writer)) if safe else None
        if safe and reads(writer, document) and reads(writer, written := writes(writer, document)):
            assert reads(reader, written), f"{written} is refused, which was called safe"


@calmly
@given(models)
def test_a_model_that_does_not_change_breaks_nobody(rows: Any) -> None:
    made = buildable(rows)
    verdict = compare(contract(made), contract(made))
    assert verdict.full, verdict.breaks
    assert not verdict.flags


@calmly
@given(models, st.data())
def test_a_document_of_a_writer_is_read_and_what_is_then_written_is_again_one(
    rows: Any, data: st.DataObject
) -> None:
    made = buildable(rows)
    document = drawn(data, writer_schema(made))
    schema = writer_schema(made).document
    written = json.loads(
        made.model_validate_json(json.dumps(document)).model_dump_json(by_alias=True, exclude_unset=True)
    )
    assert accepts(schema, schema["$defs"], written, "writes"), written
