"""What a function's code says, such that another layout or wording of it says the same."""

import ast
import linecache
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import CodeType, FunctionType


@dataclass(frozen=True)
class Code:
    """The shape of some code, and the names of whatever it reaches."""

    shape: str
    names: frozenset[str]


def code_of(function: FunctionType) -> Code | None:
    """Return what a function's source says; None if it was made at run time and has none to be had.

    Not counted: layout, comments, docstrings, annotations, the function's own decorators (which show in what
    they made of it), and what is said with an exception that is raised.
    """
    code = function.__code__
    source = "".join(linecache.getlines(code.co_filename, function.__globals__))
    found = _found(source, code.co_firstlineno, code.co_name, _span(code))
    return found and Code(found.shape, found.names | _mangled(code, found.names))


def shape_of_module(name: str) -> str:
    """Return a digest of all that a module says; nothing if its source is not to be had."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return sha256(_shape(_parsed("".join(linecache.getlines(file)))).encode()).hexdigest() if file else ""


@lru_cache(maxsize=1024)
def _found(source: str, line: int, name: str, span: "Span | None") -> Code | None:
    nodes = [node for node in _functions(source).get((line, name), ()) if _holds(node, span)]
    if not nodes or (len(nodes) > 1 and span is None):
        return None
    node = _Bare().visit(deepcopy(min(nodes, key=_size)))
    return Code(_shape(node), frozenset(_names(node)))


Span = tuple[tuple[int, int], tuple[int, int]]
"""From a line and column to another."""


def _span(code: CodeType) -> Span | None:
    """Return where the code of a lambda stands: there may be several in a line."""
    if code.co_name != "<lambda>":
        return None
    places = [place for place in code.co_positions() if None not in place and place[3]]
    if not places:
        return None
    starts = [(line, column) for line, _, column, _ in places if line is not None and column is not None]
    ends = [(line, column) for _, line, _, column in places if line is not None and column is not None]
    return min(starts), max(ends)


def _holds(node: ast.AST, span: Span | None) -> bool:
    if span is None or not isinstance(node, ast.Lambda):
        return True
    start, end = _place(node.body)
    return start <= span[0] and span[1] <= end


def _place(node: ast.expr) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)


def _size(node: ast.AST) -> tuple[int, int]:
    start, end = _place(node.body) if isinstance(node, ast.Lambda) else ((0, 0), (0, 0))
    return end[0] - start[0], end[1] - start[1]


@lru_cache(maxsize=64)
def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # not the source that was run
        return ast.Module([], [])


@lru_cache(maxsize=64)
def _functions(source: str) -> Mapping[tuple[int, str], list[ast.AST]]:
    """Return what may be a function by its first line, that of a decorator included, and its name."""
    found: dict[tuple[int, str], list[ast.AST]] = {}
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.decorator_list[0] if node.decorator_list else node
            found.setdefault((first.lineno, node.name), []).append(node)
        elif isinstance(node, ast.Lambda):
            found.setdefault((node.lineno, "<lambda>"), []).append(node)
    return found


class _Bare(ast.NodeTransformer):
    """Takes away what does not decide what the code does with a value."""

    def __init__(self) -> None:
        self._outermost = True
        self._caught = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if self._outermost:
            node.decorator_list = []
        self._outermost = False
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def visit_Try(self, node: ast.Try) -> ast.AST:
        before, self._caught = self._caught, True  # what is raised there is at hand in the handlers
        node.body = [self.visit(each) for each in node.body]
        self._caught = before
        node.handlers = [self.visit(each) for each in node.handlers]
        node.orelse = [self.visit(each) for each in node.orelse]
        node.finalbody = [self.visit(each) for each in node.finalbody]
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if self._caught:
            return node
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return ast.Raise(raised, None)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return ast.Assert(node.test, None)


def _names(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


def _mangled(code: CodeType, names: frozenset[str]) -> set[str]:
    """Return how the private ones among the names are called outside of their class."""
    private = tuple(name for name in names if name.startswith("__"))
    return {name for name in code.co_names if private and name.endswith(private)}


def _shape(part: object) -> str:
    """Write a syntax tree down. Not `ast.dump`, which each Python words otherwise."""
    match part:
        case ast.AST():
            fields = ((name, value) for name, value in ast.iter_fields(part) if value not in (None, []))
            return f"{type(part).__name__}({','.join(f'{name}={_shape(value)}' for name, value in fields)})"
        case [ast.Expr(ast.Constant(str())), *code]:
            return _shape(code)
        case list():
            return f"[{','.join(map(_shape, part))}]"
    return repr(part)
