"""Each rule about bricks fails on a made-up tree that breaks it, and only there."""

from pathlib import Path

import pytest

from workspace.brick_lists import wrong_lists
from workspace.rules import broken_inits, broken_interfaces, cycles, forbidden_imports, imported_bases

ORDERLY = {
    "components/brickline/paper": (
        '"""Paper."""\nfrom brickline.paper.core import Sheet\n__all__ = ["Sheet"]\n',
        "",
    ),
    "components/brickline/ink": (
        '"""Ink."""\nfrom brickline.ink.core import Pen\n__all__ = ["Pen"]\n',
        "import importlib\nfrom brickline.ink import other\nfrom brickline.paper import Sheet\n",
    ),
    "bases/brickline/press": ('"""Press."""\n', "from brickline.ink import Pen\n"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder, (init, core) in ORDERLY.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").write_text(init)
        (tmp_path / folder / "core.py").write_text(core)
    write_list(tmp_path, ".", "paper", "ink", "press")
    write_list(tmp_path, "projects/printer", "paper", "ink", "press")
    return tmp_path


def write_list(root: Path, folder: str, *bricks: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    lines = [f'"any/brickline/{brick}" = "brickline/{brick}"\n' for brick in bricks]
    (root / folder / "pyproject.toml").write_text("[tool.polylith.bricks]\n" + "".join(lines))


def write_ink(tree: Path, code: str, file: str = "core.py") -> None:
    path = tree / "components/brickline/ink" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(code)


def test_an_orderly_tree_breaks_no_rule(tree: Path) -> None:
    table = {"paper": frozenset[str](), "ink": frozenset({"paper"})}

    assert broken_interfaces(tree) == []
    assert cycles(tree) == []
    assert imported_bases(tree, frozenset()) == []
    assert forbidden_imports(tree, table) == []
    assert broken_inits(tree) == []
    assert wrong_lists(tree) == []


@pytest.mark.parametrize(
    "code",
    [
        "from brickline.paper.core import Sheet",
        "from brickline.paper import Fibre",
        "from brickline.paper import *",
        "from brickline.nowhere import Sheet",
        "from brickline import paper",
        "from ..paper import Sheet",
        "from .. import paper",
        "import brickline",
        "import brickline.paper",
        "import brickline.paper.core as core",
        "def late():\n    from brickline.paper.core import Sheet",
        "if TYPE_CHECKING:\n    from brickline.paper.core import Sheet",
        "import_module('brickline.paper')",
        "importlib.import_module('brickline.paper.core')",
        "__import__('brickline.paper')",
    ],
)
def test_an_import_that_passes_by_the_interface_is_found(tree: Path, code: str) -> None:
    write_ink(tree, code)

    [wrong] = broken_interfaces(tree)

    assert wrong.startswith("components/brickline/ink/core.py:")
    assert "passes by the __all__" in wrong


@pytest.mark.parametrize("code", ["from ...paper import Sheet", "from ... import paper"])
def test_a_relative_import_across_bricks_is_found_in_a_subfolder_too(tree: Path, code: str) -> None:
    write_ink(tree, code, "deep/core.py")

    [wrong] = broken_interfaces(tree)

    assert wrong.startswith("components/brickline/ink/deep/core.py:1")


@pytest.mark.parametrize(
    "code",
    [
        "from . import other",
        "from .other import x",
        "import brickline.ink.other",
        "import_module('brickline.ink.x')",
    ],
)
def test_a_brick_may_reach_into_itself(tree: Path, code: str) -> None:
    write_ink(tree, code)

    assert broken_interfaces(tree) == []


def test_a_cycle_is_found_and_written_out(tree: Path) -> None:
    (tree / "components/brickline/paper/core.py").write_text("from brickline.press import Lever")

    [cycle] = cycles(tree)

    assert cycle in {
        "ink imports paper imports press imports ink",
        "paper imports press imports ink imports paper",
        "press imports ink imports paper imports press",
    }


def test_a_component_that_imports_a_base_is_found(tree: Path) -> None:
    write_ink(tree, "from brickline.press import Lever")

    assert imported_bases(tree, frozenset({"press"})) == [
        "components/brickline/ink/core.py:1: component 'ink' imports base 'press'"
    ]


def test_a_base_imports_another_base_only_as_a_composer(tree: Path) -> None:
    (tree / "bases/brickline/shop").mkdir()
    (tree / "bases/brickline/shop/__init__.py").write_text("from brickline.press import Lever")

    assert imported_bases(tree, frozenset({"shop"})) == []
    assert imported_bases(tree, frozenset()) == [
        "bases/brickline/shop/__init__.py:1: base 'shop' imports base 'press'"
    ]


def test_an_import_that_the_table_does_not_allow_is_found(tree: Path) -> None:
    table = {"paper": frozenset[str](), "ink": frozenset[str]()}

    assert forbidden_imports(tree, table) == [
        "components/brickline/ink/core.py:3: 'ink' may not import 'paper'"
    ]


def test_a_component_that_the_table_lacks_is_found(tree: Path) -> None:
    assert forbidden_imports(tree, {"ink": frozenset({"paper"})}) == ["component 'paper' is not in the table"]


def test_a_brick_missing_from_the_workspace_list_is_found(tree: Path) -> None:
    write_list(tree, ".", "paper", "press")

    assert wrong_lists(tree) == ["the workspace does not list 'ink'"]


def test_a_brick_that_a_project_needs_through_another_is_found_missing(tree: Path) -> None:
    write_list(tree, "projects/printer", "ink", "press")

    assert wrong_lists(tree) == ["project 'printer' does not list 'paper'"]


def test_a_brick_that_a_project_lists_without_need_is_found(tree: Path) -> None:
    (tree / "bases/brickline/press/core.py").write_text("")

    assert wrong_lists(tree) == [
        "project 'printer' lists 'ink' without need",
        "project 'printer' lists 'paper' without need",
    ]


def test_a_project_without_a_base_is_found(tree: Path) -> None:
    write_list(tree, "projects/printer", "paper", "ink")

    assert wrong_lists(tree) == ["project 'printer' lists no base"]


@pytest.mark.parametrize(
    ("init", "wrong"),
    [
        ('from brickline.ink.core import Pen\n__all__ = ["Pen"]', ": has no docstring"),
        ('"""Ink."""\nfrom brickline.ink.core import Pen', ": has no __all__ with names in it"),
        ('"""Ink."""\nfrom brickline.ink.core import Pen\n__all__ = []', ": has no __all__ with names in it"),
        ('"""Ink."""\n__all__ = ["Pen"]', ": 'Pen' of __all__ is not imported"),
        ('"""Ink."""\nfrom x import y\n__all__ = ["y"]\ndef f(): ...', ":4: holds code"),
    ],
)
def test_an_init_with_anything_else_in_it_is_found(tree: Path, init: str, wrong: str) -> None:
    write_ink(tree, init, "__init__.py")

    assert broken_inits(tree) == [f"components/brickline/ink/__init__.py{wrong}"]
