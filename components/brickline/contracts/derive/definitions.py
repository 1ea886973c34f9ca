"""The names of definitions, which do not depend on the order in which they were met.

While a schema is derived each definition has a number in its name. At the end it is called as its class is.
Of classes of one name each is called by its module too, and where that is not enough by a digest of what it
says. What says the same is one definition.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from brickline.contracts.nodes import Node, text_of

_REFERENCE = re.compile(r"#/\$defs/(~\d+~[^\"\\]*)")


def provisional(cls: type | None, number: int) -> str:
    """Return a name of which there is no other."""
    parts = (
        (cls.__module__, cls.__qualname__.replace("<locals>.", ""), cls.__name__) if cls else ("", "", "Type")
    )
    return f"~{number}~{'~'.join(map(_plain, parts))}"


def named(root: Node, defs: Mapping[str, Node]) -> Node:
    """Return the whole schema, its definitions under the names that they keep."""
    names = _names(defs)
    whole: Node = _renamed({**root, "$defs": {}}, names.__getitem__)
    return {**whole, "$defs": {names[name]: _renamed(node, names.__getitem__) for name, node in defs.items()}}


def _names(defs: Mapping[str, Node]) -> dict[str, str]:
    same_name: dict[str, list[str]] = defaultdict(list)
    for name in defs:
        same_name[name.rpartition("~")[2]].append(name)
    if len(same_name) == len(defs):
        return {name: plain for plain, (name,) in same_name.items()}
    said = _said(defs)
    found: dict[str, str] = {}
    for plain, names in same_name.items():
        different = {said[name] for name in names}
        for name in names:
            found[name] = plain if len(different) == 1 else _in_full(name, names, said)
    return found


def _in_full(name: str, names: list[str], said: Mapping[str, str]) -> str:
    _, _, module, qualified, _ = name.split("~")
    alike = [other for other in names if other.split("~")[2:4] == [module, qualified]]
    full = f"{module}_{qualified}"
    return full if len({said[other] for other in alike}) == 1 else f"{full}_{said[name][:8]}"


def _said(defs: Mapping[str, Node]) -> dict[str, str]:
    """Return a digest of each that is equal only if it, and all that it refers to, say the same."""
    said = {name: name.rpartition("~")[2] for name in defs}
    for _ in range(len(defs)):
        texts = {name: text_of(_renamed(node, said.__getitem__)) for name, node in defs.items()}
        after = {
            name: sha256(f"{said[name]} {text}".encode(errors="surrogatepass")).hexdigest()
            for name, text in texts.items()
        }
        if len(set(after.values())) == len(set(said.values())):
            return after
        said = after
    return said


def _renamed(part: Any, name_of: Callable[[str], str]) -> Any:
    """Rename what is referred to, also in the conditions that hold a schema as text."""
    if isinstance(part, dict):
        made = {key: _renamed(each, name_of) for key, each in part.items()}
        if "x-checks" in made:
            made["x-checks"] = sorted(made["x-checks"])
        return made
    if isinstance(part, list):
        return [_renamed(each, name_of) for each in part]
    if isinstance(part, str) and "#/$defs/~" in part:
        return _REFERENCE.sub(lambda match: f"#/$defs/{name_of(match[1])}", part)
    return part


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
