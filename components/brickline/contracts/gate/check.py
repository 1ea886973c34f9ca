"""The code held against the recorded contracts, and both against those of a base."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel

from brickline.contracts.contract import Contract
from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.errors import MissingSnapshot
from brickline.contracts.gate.current import contract_of
from brickline.contracts.gate.envelope import Envelope, require_recorded
from brickline.contracts.gate.history import rewritten
from brickline.contracts.gate.report import Finding, FindingKind, Notice, Report
from brickline.contracts.gate.reporting import report_of
from brickline.contracts.gate.retired_since import retired_since
from brickline.contracts.gate.topic import held_against
from brickline.contracts.gate.turns import without_model
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.snapshots import Snapshot
from brickline.contracts.snapshots.names import restoring

if TYPE_CHECKING:
    from brickline.contracts.old_side.models import OldModels


def check(
    pipeline: Pipeline,
    recorded: Mapping[str, Snapshot],
    *,
    base: Mapping[str, Snapshot] | None = None,
    old_models: "OldModels | None" = None,
    envelope: type[BaseModel] | None = None,
    committed: Collection[str] | None = None,
) -> Report:
    """Hold every payload against `recorded`, the snapshots beside the code.

    With a `base`, the snapshots that others run by, `recorded` has to continue them, and the changes are
    those since then. `old_models` are asked whether a document is rejected, where schemas would be otherwise.
    `envelope` is the model of what all events are wrapped in; without it that is not looked at.
    `committed` are the topics that have a snapshot in git: of the others, one without a snapshot here is new.
    If None that is unknown, and none may lack one.
    Raises `MissingSnapshot`, `UnrepresentableModel`, `AmbiguousPayload`.
    """
    contracts = {payload.topic: contract_of(payload) for payload in pipeline.payloads}
    _check_missing([topic for topic in contracts if topic not in recorded], base or {}, committed)
    around = None if envelope is None else Envelope.of(envelope, pipeline)
    if around is not None:
        require_recorded(recorded)
    lost = [each for topic, each in recorded.items() if topic not in (ENVELOPE, *contracts) and not each.gone]
    found = [
        *held_against(pipeline, contracts, recorded, old_models=old_models),
        *map(without_model, lost),
        *(() if around is None else around.held_against(recorded, pipeline, old_models)),
        *_against_base(pipeline, contracts, around, recorded, base or {}, old_models),
    ]
    # Of a base from before there were snapshots nothing is known, not that all is new since then.
    return report_of(pipeline, contracts, found, base or recorded, around)


def _check_missing(
    missing: Sequence[str], base: Mapping[str, Snapshot], committed: Collection[str] | None
) -> None:
    """Raise `MissingSnapshot` for each that there was, or may have been: its history is not made up anew."""
    if missing and committed is None:
        raise MissingSnapshot(
            f"no snapshot of {', '.join(map(repr, missing))}: if a topic is new, run `brickline contracts "
            f"accept`; if its file was deleted, {restoring(missing)}"
        )
    for known, source in ((committed or (), ""), (base, "<base>")):
        if lost := [topic for topic in missing if topic in known]:
            raise MissingSnapshot(
                f"the snapshots of {', '.join(map(repr, lost))} are in git and not here: "
                f"{restoring(lost, source)}"
            )


def _against_base(
    pipeline: Pipeline,
    contracts: Mapping[str, Contract],
    envelope: Envelope | None,
    recorded: Mapping[str, Snapshot],
    base: Mapping[str, Snapshot],
    old_models: "OldModels | None",
) -> Iterator[Finding | Notice]:
    """Yield where the record departs from the base, and what of the code the base then speaks against.

    Where it does not depart, all that the base knows was held against the code already.
    """
    departures = [*rewritten(recorded, base), *retired_since(recorded, base)]
    yield from departures
    departed = {each.topic for each in departures if isinstance(each, Finding)}
    only = {topic: contract for topic, contract in contracts.items() if topic in departed}
    hidden = list(held_against(pipeline, only, base, old_models=old_models))
    if envelope is not None and ENVELOPE in departed:
        hidden += envelope.held_against(base, pipeline, old_models)
    for each in hidden:
        if isinstance(each, Finding) and each.kind is not FindingKind.UNRECORDED:
            yield replace(each, against=f"{each.against}, of the base")
