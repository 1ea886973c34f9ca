"""The code held against the recorded contracts, and both against those of a base."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from brickline.contracts.contract import Contract
from brickline.contracts.errors import MissingSnapshot
from brickline.contracts.gate.current import contract_of
from brickline.contracts.gate.history import rewritten
from brickline.contracts.gate.report import Finding, FindingKind, Notice, Report
from brickline.contracts.gate.reporting import report_of
from brickline.contracts.gate.topic import held_against
from brickline.contracts.gate.turns import without_model
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.snapshots import Snapshot

if TYPE_CHECKING:
    from brickline.contracts.old_side.models import OldModels


def check(
    pipeline: Pipeline,
    recorded: Mapping[str, Snapshot],
    *,
    base: Mapping[str, Snapshot] | None = None,
    old_models: "OldModels | None" = None,
) -> Report:
    """Hold every payload against `recorded`, the snapshots beside the code.

    With a `base`, the snapshots that others run by, `recorded` has to continue them, and the changes are
    those since then. `old_models` are asked whether a document is rejected, where schemas would be otherwise.
    Raises `MissingSnapshot`, `UnrepresentableModel`.
    """
    contracts = {payload.topic: contract_of(payload) for payload in pipeline.payloads}
    if missing := [topic for topic in contracts if topic not in recorded]:
        files = ", ".join(f"{topic}.json" for topic in missing)
        raise MissingSnapshot(
            f"no snapshot of {', '.join(map(repr, missing))}: if a topic is new, run `brickline contracts "
            f"accept`; if its file was deleted, `git restore` it: {files}"
        )
    lost = [each for topic, each in recorded.items() if topic not in contracts and not each.gone]
    found = [
        *held_against(pipeline, contracts, recorded, old_models=old_models),
        *map(without_model, lost),
        *_against_base(pipeline, contracts, recorded, base or {}, old_models),
    ]
    return report_of(pipeline, contracts, found, recorded if base is None else base)


def _against_base(
    pipeline: Pipeline,
    contracts: Mapping[str, Contract],
    recorded: Mapping[str, Snapshot],
    base: Mapping[str, Snapshot],
    old_models: "OldModels | None",
) -> Iterator[Finding | Notice]:
    """Yield where the record departs from the base, and what of the code the base then speaks against.

    Where it does not depart, all that the base knows was held against the code already.
    """
    for finding in rewritten(recorded, base):
        yield finding
        if finding.topic not in contracts:
            continue
        only = {finding.topic: contracts[finding.topic]}
        for each in held_against(pipeline, only, base, old_models=old_models):
            if isinstance(each, Finding) and each.kind is not FindingKind.UNRECORDED:
                yield replace(each, against=f"{each.against}, of the base")
