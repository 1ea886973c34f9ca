"""What comes from elsewhere: with Python, with pydantic, or from the index."""

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FunctionType

_OWN = __name__.partition(".")[0]
_STABLE = sys.stdlib_module_names | {
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "pydantic_extra_types",
    "typing_extensions",
}


def module_of(thing: object) -> str:
    """Return the module of a class, or of a function: where its code is, whatever it wraps."""
    if isinstance(thing, FunctionType):
        return str(thing.__globals__.get("__name__", ""))
    home = getattr(thing, "__objclass__", thing)
    return str(getattr(home, "__module__", None) or type(home).__module__)


def is_stable(module: str) -> bool:
    """Whether a module comes with Python or pydantic, and so changes with neither side's code."""
    return module.partition(".")[0] in _STABLE


def is_foreign(module: str) -> bool:
    """Whether a module comes from the index or is stable: what it names in its turn does not count."""
    return is_stable(module) or _installed(module.partition(".")[0])


@lru_cache(maxsize=256)
def _installed(root: str) -> bool:
    if root == _OWN:
        return False
    file = getattr(sys.modules.get(root), "__file__", None)
    if file is None:
        return False
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return any(Path(folder) in Path(file).parents for folder in folders)
