"""The same pairs of schemas compared by our engine and by jsoncompat."""

import json
import time
from pathlib import Path
from types import ModuleType

from benchmarks.contracts import bulk
from benchmarks.contracts.job import Pairs
from benchmarks.process import Answer, started
from brickline.contracts import Contract, compare, reader_schema, writer_schema
from brickline.schemas import Payload

_TIMEOUT_S = 300


class PairsOfModels:
    """Each topic's every version held against its last."""

    def __init__(self) -> None:
        versions = [_models(version) for version in range(1, bulk.VERSIONS + 1)]
        self._models = [
            (old, new) for models in versions for old, new in zip(models, versions[-1], strict=True)
        ]
        self._contracts = [(_contract(old), _contract(new)) for old, new in self._models]

    def __len__(self) -> int:
        return len(self._models)

    def ours(self) -> float:
        """Return how many pairs a second our engine compares, with a witness of each break."""
        started_at = time.perf_counter()
        broken = sum(not compare(old, new).full for old, new in self._contracts)
        seconds = time.perf_counter() - started_at
        if broken != len(self) - bulk.TOPICS:
            raise RuntimeError(f"{broken} of {len(self)} pairs were found to break")
        return len(self) / seconds

    async def theirs(self, folder: Path) -> Answer:
        """Have jsoncompat compare them."""
        file = folder / "pairs.json"
        file.write_text(json.dumps([[_json(old), _json(new)] for old, new in self._models]), "utf-8")
        work = Pairs(str(file))
        async with started(
            "benchmarks.contracts.jsoncompat_app", work, "jsoncompat", timeout_s=_TIMEOUT_S
        ) as peer:
            return await peer.answer()


def _models(version: int) -> tuple[type[Payload], ...]:
    module = ModuleType(f"bulk_{version}")
    exec(bulk.source(version), vars(module))  # noqa: S102 - written a moment ago, by us
    models: tuple[type[Payload], ...] = module.BULK
    return models


def _contract(payload: type[Payload]) -> Contract:
    return Contract(payload.topic, payload.version, writer_schema(payload), reader_schema(payload))


def _json(payload: type[Payload]) -> str:
    return json.dumps(payload.model_json_schema())
