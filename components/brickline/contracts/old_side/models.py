"""The real models of another git revision."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Protocol

from pydantic import BaseModel, ValidationError

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.errors import ContractError
from brickline.contracts.old_side.child import Child, ChildFailed
from brickline.contracts.old_side.git import Commit
from brickline.contracts.proof import Parser, Rejected

_COMPONENTS = "components"
_MODELS = f"{_COMPONENTS}/brickline/schemas"
_START_S = 30.0
_ANSWER_S = 10.0


class OldModelsFailed(ContractError):
    """Raised when the models of another revision cannot be asked: their code is broken, or does not end."""


class _Answer(BaseModel):
    """What the process says: of its models, or why there are none to be had; then of one document each."""

    failed: str | None = None
    contracts: list[tuple[str, int, str, str]] = []
    strangers: dict[str, str] = {}
    complaint: str | None = None


class OldModels(Protocol):
    """Whoever has real models of contracts that this code no longer has."""

    def parser(self, contract: Contract) -> Parser | None:
        """Return what parses as the contract's own model did; None if there is no such model any more.

        Of a document that is rejected it raises `Rejected`, with what the model says of it.
        """
        ...


class GitModels:
    """The models in the `schemas` brick of a git revision, run by a process of their own.

    They are asked only about contracts whose two schemas they still yield to the letter. To be used as a
    context manager, which ends the process. The work tree is not touched: what a revision had is unpacked
    into a temporary folder. It is trusted as this repository's own code is, but it may be broken.
    """

    def __init__(
        self, root: Path, ref: str, *, start_s: float = _START_S, answer_s: float = _ANSWER_S
    ) -> None:
        """The revision is `ref` in the workspace at `root`; how long to wait for the models is in seconds."""
        self._root, self._ref = root, ref
        self._start_s, self._answer_s = start_s, answer_s
        self._folder: TemporaryDirectory[str] | None = None
        self._child: Child | None = None
        self._known: dict[Contract, int] = {}
        self.strangers: Mapping[str, str] = {}
        """Models that could not be described, and why: nothing is said for them."""

    def __enter__(self) -> "GitModels":
        """Start the models. Raises `UnknownBase`, `OldModelsFailed`."""
        files = Commit.named(self._root, self._ref).files(_MODELS)
        if not files:
            return self
        self._folder = TemporaryDirectory(prefix="brickline-old-models-")
        try:
            self._unpack(Path(self._folder.name), files)
            self._child = Child(Path(self._folder.name), _COMPONENTS)
            self._introduce(self._asked(None, self._start_s))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove what was unpacked. May be called twice."""
        child, self._child = self._child, None
        folder, self._folder = self._folder, None
        if child is not None:
            child.close()
        if folder is not None:
            folder.cleanup()

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """All contracts that these models vouch for."""
        return tuple(self._known)

    def parser(self, contract: Contract) -> Parser | None:
        """Return what parses as the model of exactly this contract does; None if there is none."""
        place = self._known.get(contract)
        return None if place is None else partial(self._parse, place)

    def _unpack(self, folder: Path, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = folder / _MODELS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _introduce(self, answer: _Answer) -> None:
        self.strangers = answer.strangers
        for place, (topic, version, writer, reader) in enumerate(answer.contracts):
            self._known[Contract(topic, version, Schema(writer), Schema(reader))] = place

    def _parse(self, place: int, data: bytes) -> None:
        answer = self._asked(json.dumps([place, data.decode()]), self._answer_s)
        if answer.complaint is not None:
            raise Rejected(answer.complaint)

    def _asked(self, request: str | None, wait_s: float) -> _Answer:
        try:
            if self._child is None:
                raise ChildFailed("they were ended: ask while the context is open")
            answer = _Answer.model_validate_json(self._child.answer(request, wait_s))
        except (ChildFailed, ValidationError) as error:
            said = str(error).partition("\n")[0]
            raise OldModelsFailed(f"the models of {self._ref!r} cannot be asked: {said}") from error
        if answer.failed is not None:
            raise OldModelsFailed(f"the models of {self._ref!r} cannot be loaded: {answer.failed}")
        return answer
