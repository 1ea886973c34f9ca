"""A finding says on which line of which file the class begins."""

from pathlib import Path

import pytest
from pydantic import BaseModel, create_model

from brickline.contracts.gate.sources import Source, source_of
from brickline.schemas import AnalysisCompleted
from support.gated import Workspace, payload

HERE = Path(__file__)


class Outer(BaseModel):
    class Inner(BaseModel):
        pass


class Part(BaseModel):
    pass


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(HERE.read_text("utf-8").splitlines(), 1) if line.strip() == text)


@pytest.mark.parametrize(
    ("model", "line"), [(Outer, "class Outer(BaseModel):"), (Outer.Inner, "class Inner(BaseModel):")]
)
def test_a_class_is_found_where_it_is_written(model: type[BaseModel], line: str) -> None:
    assert source_of(model) == Source(HERE.resolve(), line_of(line))


def test_one_within_a_function_is_found_too() -> None:
    class Local(BaseModel):
        pass

    found = source_of(Local)
    assert found is not None
    assert found.line == line_of("class Local(BaseModel):")


def test_the_class_that_has_the_field_is_the_one_that_is_meant() -> None:
    found, inner = source_of(AnalysisCompleted), source_of(AnalysisCompleted, "Insights")
    assert found is not None
    assert inner is not None
    assert (inner.file, inner.line < found.line) == (found.file, True)
    assert source_of(AnalysisCompleted, "NoSuchClass") == found


def test_a_path_is_told_from_the_root() -> None:
    found = source_of(Part)
    assert found is not None
    assert str(found.below(HERE.resolve().parent)) == f"test_sources.py:{line_of('class Part(BaseModel):')}"
    assert found.below(Path("/elsewhere")) == found


def test_a_class_made_at_run_time_stands_nowhere_and_that_is_no_error(tmp_path: Path) -> None:
    assert source_of(create_model("Made", x=(int, 1))) is None
    workspace = Workspace(tmp_path / "snapshots")
    workspace.accepting(payload(item=str))
    (finding,) = workspace.report(payload(item=str, amount=int)).findings
    assert finding.source is None
