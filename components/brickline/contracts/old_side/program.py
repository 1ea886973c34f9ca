"""Run in a process of its own, where `brickline.schemas` is that of another git revision.

Says which contracts the models there have, then parses one document for each line that it reads.
"""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_BRICK = "brickline.contracts"


def main() -> None:
    """Answer until there is nothing more to read."""
    # Whatever that code prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def say(**answer: object) -> None:
        answers.write(json.dumps(answer) + "\n")

    _without_the_rest_of_this_brick()
    try:
        models = list(_models())
        _check_whose(sys.modules["brickline.schemas"])
    except (Exception, SystemExit) as error:  # whatever old code may raise
        say(failed=f"{type(error).__name__}: {error}"[:500])
        return
    described, strangers = _described(models)
    say(contracts=[contract for _, contract in described], strangers=strangers)
    for line in sys.stdin:
        place, data = json.loads(line)
        say(complaint=_complaint(described[place][0], data.encode()))


def _without_the_rest_of_this_brick() -> None:
    """Let parts of this brick be imported without its `__init__`: that needs other bricks of today."""
    package = ModuleType(_BRICK)
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules[_BRICK] = package


def _models() -> Iterator[Any]:
    """Yield the payloads: those listed, or before there was a list all that have a topic."""
    try:
        from brickline.schemas import PAYLOADS

        yield from PAYLOADS
        return
    except ImportError:  # if it is not for want of a list, it is raised again
        from brickline.schemas import Payload
    ahead: list[Any] = [Payload]
    while ahead:
        payload = ahead.pop()
        ahead += payload.__subclasses__()
        if isinstance(getattr(payload, "topic", None), str):
            yield payload


def _check_whose(schemas: ModuleType) -> None:
    """Raise if the models found are not those that were unpacked here, but some that are installed."""
    found = Path(str(schemas.__file__)).resolve()
    if not found.is_relative_to(Path.cwd().resolve()):
        raise ImportError(f"the models of {found} hide those of the revision")


def _described(models: list[Any]) -> tuple[list[tuple[Any, list[object]]], dict[str, str]]:
    engine = importlib.import_module(f"{_BRICK}.derive.models")
    found: list[tuple[Any, list[object]]] = []
    strangers: dict[str, str] = {}
    for model in models:
        try:
            schemas = engine.writer_schema(model).text, engine.reader_schema(model).text
            found.append((model, [model.topic, model.version, *schemas]))
        except Exception as error:  # the other models may still be asked
            strangers[model.__name__] = f"{type(error).__name__}: {error}"[:500]
    if (around := _envelope()) is not None:
        found.append(around)
    return found, strangers


def _envelope() -> tuple[Any, list[object]] | None:
    """Return what all events were wrapped in, if it can be described."""
    try:
        envelope = sys.modules["brickline.schemas"].Envelope
        contract = importlib.import_module(f"{_BRICK}.derive.envelope").envelope_contract(envelope)
    except Exception:  # the payloads may still be asked
        return None
    return envelope, [contract.topic, contract.version, contract.writer.text, contract.reader.text]


def _complaint(model: Any, data: bytes) -> str | None:
    try:
        model.model_validate_json(data)
    except (Exception, SystemExit) as error:  # a validator may raise anything
        said: str = importlib.import_module(f"{_BRICK}.proof").complaint_of(error)
        return said
    return None


if __name__ == "__main__":
    main()
