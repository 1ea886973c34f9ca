"""What a safe change is can be read in a line for each field, the same each time."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from brickline.contracts import contract_of
from brickline.contracts.described import differences
from support.gated import TOPIC, Workspace, payload


class Theme(BaseModel):
    name: str


class Weighed(BaseModel):
    name: Annotated[str, Field(max_length=9)]
    weight: float = 1.0


class Tree(BaseModel):
    left: "Tree | None" = None
    leaf: int = 0


class Insights(BaseModel):
    themes: list[Theme] = []


class MoreInsights(BaseModel):
    themes: list[Weighed] = []


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "an optional field is added": (
        {"item": str},
        {"item": str, "language": (str | None, None)},
        ["+ language: string or null, default null"],
    ),
    "a field is removed": ({"item": str, "title": (str, "")}, {"item": str}, ["- title"]),
    "a bound is moved and a default": (
        {"parts": (Annotated[int, Field(ge=1)], 1)},
        {"parts": (Annotated[int, Field(ge=0)], 2)},
        ["~ parts: default 1 -> 2; minimum 1 -> 0"],
    ),
    "a bound of an optional one": (
        {"note": (Annotated[str, Field(max_length=3)] | None, None)},
        {"note": (str | None, None)},
        ["~ note: maximum length 3 -> none"],
    ),
    "deep inside": (
        {"insights": Insights},
        {"insights": MoreInsights},
        [
            "~ insights: Insights -> MoreInsights",
            "~ insights.themes: list of Theme -> list of Weighed",
            "~ insights.themes[*].name: maximum length none -> 9",
            "+ insights.themes[*].weight: number, default 1.0",
        ],
    ),
    "a field of a recursive model": (
        {"item": str},
        {"item": str, "tree": (Tree | None, None)},
        ["+ tree: Tree or null, default null"],
    ),
    "a choice is added": (
        {"size": (Literal["s"], "s")},
        {"size": (Literal["s", "m"], "s")},
        ['~ size: "s" -> "m" or "s"'],
    ),
    "one member of a union is bounded": (
        {"at": int | str},
        {"at": Annotated[int, Field(ge=2)] | str},
        ["~ at(integer): minimum none -> 2"],
    ),
    "the values of a map": (
        {"scores": dict[str, int]},
        {"scores": dict[str, Annotated[int, Field(le=9)]]},
        ["~ scores{*}: maximum none -> 9"],
    ),
    "the reader knows another name": (
        {"item": (str, "")},
        {"item": (str, Field(default="", validation_alias="thing", serialization_alias="item"))},
        ["- item (read)", '+ thing: string, default "", also read as item (read)'],
    ),
    "the reader refuses others": (
        {"item": str, "extra": "forbid"},
        {"item": str},
        ["~ $: other fields refused -> none (read)"],
    ),
    "required becomes optional": (
        {"item": str},
        {"item": (str, "")},
        ['~ item: default none -> ""; no longer required'],
    ),
}


@pytest.mark.parametrize(("before", "after", "lines"), CASES.values(), ids=CASES.keys())
def test_each_field_that_is_new_gone_or_changed_is_a_line(
    before: dict[str, Any], after: dict[str, Any], lines: list[str]
) -> None:
    old, new = contract_of(payload(**before)), contract_of(payload(**after))
    assert list(differences(old, new)) == lines
    assert differences(new, new) == ()


def test_of_what_is_new_every_field_is_told() -> None:
    new = contract_of(payload(item=str, note=(str | None, None), tree=(Tree | None, None)))
    assert differences(None, new) == (
        "+ item: string, required",
        "+ note: string or null, default null",
        "+ tree: Tree or null, default null",
    )


def test_a_safe_change_says_what_it_is_before_and_when_it_is_recorded(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "snapshots")
    first = workspace.accepting(payload(item=str))
    assert first.changes == {TOPIC: ("+ item: string, required",)}
    noted = payload(item=str, note=(str, "none"))
    (finding,) = workspace.report(noted).findings
    assert finding.changes == ('+ note: string, default "none"',)
    assert workspace.accepting(noted).changes == {TOPIC: finding.changes}
    assert workspace.accepting(noted).changes == {}
