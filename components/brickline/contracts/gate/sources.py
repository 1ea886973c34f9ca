"""Where a model stands in the code."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel


@dataclass(frozen=True)
class Source:
    """The line on which a class begins."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file.as_posix()}:{self.line}"

    def below(self, root: Path) -> "Source":
        """Return it with its path from `root`, if it is below that."""
        return replace(self, file=self.file.relative_to(root)) if self.file.is_relative_to(root) else self


def source_of(model: type[BaseModel], owner: str | None = None) -> Source | None:
    """Return where the model's class stands, or that of `owner` if it is a class of the same module.

    None for classes that are made at run time, or whose file is not to be read.
    """
    module = sys.modules.get(model.__module__)
    other = getattr(module, owner, None) if owner else None
    found = other if isinstance(other, type) and other.__module__ == model.__module__ else model
    file = getattr(module, "__file__", None)
    line = _lines(file).get(found.__qualname__) if file else None
    return None if file is None or line is None else Source(Path(file).resolve(), line)


@lru_cache(maxsize=64)
def _lines(file: str) -> Mapping[str, int]:
    """Return the line of each class of a file: by `inspect` the file would be read for each anew."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    return dict(_classes(tree, ""))


def _classes(node: ast.AST, within: str) -> Iterator[tuple[str, int]]:
    for each in ast.iter_child_nodes(node):
        match each:
            case ast.ClassDef():
                yield within + each.name, each.lineno
                yield from _classes(each, f"{within}{each.name}.")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _classes(each, f"{within}{each.name}.<locals>.")
            case _:
                yield from _classes(each, within)
