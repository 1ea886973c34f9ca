"""Parsing Python without garbage collection in the middle of it, where the interpreter cannot take that.

Before CPython 3.11.8 and 3.12.2, a parse that runs within another one makes the outer one fail with "AST
constructor recursion depth mismatch" (gh-106905). A collection does that: a task whose exception nobody asked
for is logged when it is collected, with a traceback, and a traceback parses its lines. Tests that kill what
they test leave such tasks, and whatever parses next, of whichever test, would fail for it.
"""

import ast
import gc
import sys
from functools import wraps
from typing import Any

_MENDED = (3, 11, 8) if sys.version_info < (3, 12) else (3, 12, 2)


def parse_undisturbed() -> None:
    """Make `ast.parse` of this process hold collections back, if this interpreter needs it."""
    if sys.version_info >= _MENDED:
        return
    parse = ast.parse

    @wraps(parse)
    def undisturbed(*arguments: Any, **options: Any) -> ast.AST:
        if not gc.isenabled():
            return parse(*arguments, **options)
        gc.disable()
        try:
            return parse(*arguments, **options)
        finally:
            gc.enable()

    ast.parse = undisturbed
