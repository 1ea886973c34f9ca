"""The workspace's rules about bricks: each takes the root of a tree and returns what is wrong in it.

They take the root so that the same rule runs on the workspace and on a small made-up tree that breaks it.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from workspace.imports import bricks_of, imports_of


def broken_interfaces(root: Path) -> list[str]:
    """Imports of another brick other than `from brickline.<brick> import <a name of its __all__>`."""
    interfaces = {name: brick.interface() for name, brick in bricks_of(root).items()}
    return [
        f"{found.where}: `{found.statement}` passes by the __all__ of a brick {found.target!r}"
        for found in imports_of(root)
        if found.name is None or found.name not in interfaces.get(found.target, ())
    ]


def cycles(root: Path) -> list[str]:
    """The first cycle of imports between bricks, written as `a imports b imports a`."""
    try:
        TopologicalSorter(_uses(root)).prepare()
    except CycleError as error:
        # graphlib lists each node before the one that depends on it.
        return [" imports ".join(reversed(error.args[1]))]
    return []


def imported_bases(root: Path, composers: frozenset[str]) -> list[str]:
    """Imports of a base by anything but `composers`, the bases that put other bases together."""
    bases = {name for name, brick in bricks_of(root).items() if brick.kind == "base"}
    return [
        f"{found.where}: {found.source.kind} {found.source.name!r} imports base {found.target!r}"
        for found in imports_of(root)
        if found.target in bases and found.source.name not in composers
    ]


def forbidden_imports(root: Path, may_import: dict[str, frozenset[str]]) -> list[str]:
    """Components that the table lacks, and imports that it does not allow them."""
    components = {name for name, brick in bricks_of(root).items() if brick.kind == "component"}
    return [f"component {name!r} is not in the table" for name in sorted(components - may_import.keys())] + [
        f"{found.where}: {found.source.name!r} may not import {found.target!r}"
        for found in imports_of(root)
        if found.source.name in components and found.target not in may_import.get(found.source.name, ())
    ]


def needed_bricks(root: Path, bases: set[str]) -> set[str]:
    """Return `bases` and all that they import, directly and through others."""
    uses = _uses(root)
    needed: set[str] = set()
    waiting = set(bases)
    while waiting:
        needed |= waiting
        waiting = set[str]().union(*(uses.get(name, set()) for name in waiting)) - needed
    return needed


def broken_inits(root: Path) -> list[str]:
    """What the `__init__.py` of components lack or hold beside a docstring, imports and `__all__`."""
    wrong = []
    for brick in bricks_of(root).values():
        if brick.kind != "component":
            continue
        file = brick.folder / "__init__.py"
        where = file.relative_to(root)
        tree = ast.parse(file.read_text("utf-8"))
        bound = {alias.asname or alias.name for node in tree.body for alias in getattr(node, "names", ())}
        if not ast.get_docstring(tree):
            wrong.append(f"{where}: has no docstring")
        if not brick.interface():
            wrong.append(f"{where}: has no __all__ with names in it")
        wrong += [
            f"{where}: {name!r} of __all__ is not imported" for name in sorted(brick.interface() - bound)
        ]
        wrong += [f"{where}:{node.lineno}: holds code" for node in tree.body if not _belongs_in_init(node)]
    return wrong


def _belongs_in_init(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Constant(str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name("__all__")]):
            return True
    return False


def _uses(root: Path) -> dict[str, set[str]]:
    uses: dict[str, set[str]] = {}
    for found in imports_of(root):
        uses.setdefault(found.source.name, set()).add(found.target)
    return uses
