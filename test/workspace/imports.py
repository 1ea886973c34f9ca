"""Which brick imports what of which other, read from the source of a tree without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAMESPACE = "brickline"
KINDS = {"components": "component", "bases": "base"}


@dataclass(frozen=True)
class Brick:
    """One folder of `components/brickline` or `bases/brickline`."""

    name: str
    kind: str
    folder: Path

    def interface(self) -> frozenset[str]:
        """Return the names other bricks may import; none if there is no literal `__all__`."""
        for node in ast.parse((self.folder / "__init__.py").read_text("utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name("__all__")], value=value):
                    return frozenset(ast.literal_eval(value))
        return frozenset()


@dataclass(frozen=True)
class Import:
    """One name imported from another brick; `name` is None for a module or anything inside the brick."""

    source: Brick
    target: str
    name: str | None
    statement: str
    where: str


def bricks_of(root: Path) -> dict[str, Brick]:
    """Return the bricks of the tree by name."""
    return {
        init.parent.name: Brick(init.parent.name, kind, init.parent)
        for folder, kind in KINDS.items()
        for init in sorted((root / folder / NAMESPACE).glob("*/__init__.py"))
    }


def imports_of(root: Path) -> list[Import]:
    """Return every import between bricks, wherever it stands: in functions and for type checkers too."""
    return [found for brick in bricks_of(root).values() for found in _imports_in(root, brick)]


def _imports_in(root: Path, brick: Brick) -> Iterator[Import]:
    for file in sorted(brick.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for module, name in _modules(node, file, brick):
                namespace, target, *inside = [*module.split("."), ""]
                if namespace == NAMESPACE and target != brick.name:
                    where = f"{file.relative_to(root)}:{getattr(node, 'lineno', 0)}"
                    yield Import(brick, target, None if inside[:-1] else name, ast.unparse(node), where)


def _modules(node: ast.AST, file: Path, brick: Brick) -> Iterator[tuple[str, str | None]]:
    """Yield (module, name) of an import, a relative one made absolute, or of an import_module call."""
    match node:
        case ast.Import(names=names):
            yield from ((alias.name, None) for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0) if module != NAMESPACE:
            yield from ((module, alias.name) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            package = [NAMESPACE, brick.name, *file.parent.relative_to(brick.folder).parts]
            prefix = package[: len(package) - level + 1] if level else []
            yield from ((".".join([*prefix, *filter(None, [module]), alias.name]), None) for alias in names)
        case ast.Call(
            func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(str(module)), *_],
        ):
            yield module, None
