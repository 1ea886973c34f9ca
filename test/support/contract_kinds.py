"""Random types, described by plain trees: a name and its parts. So they can be mutated."""

from typing import Any

from hypothesis import strategies as st

Kind = tuple[Any, ...]
"""A type, described: its name and its parts."""

PLAIN = ("int", "float", "str", "bool", "decimal", "uuid", "date", "datetime", "any", "json")
NAMES = ("a", "b", "c", "d")
PATTERNS = ("^a+$", "^a*$", "^[0-9a-f]{4}$", r"^\d+-\w$")
KEYS: tuple[Kind, ...] = (
    *(("str",), ("int",), ("pattern", "^a+$"), ("literal", ("x", "y")), ("str", 1, 2), ("float",), ("any",)),
    *(("tuple", ("int",), ("int",)), ("optional", ("int",)), ("literal", (1, 2)), ("literal", (b"a",))),
    *(("union", ("int",), ("str",)), ("bool",), ("date",), ("flags", "IntFlag", (1, 2))),
)
ITEMS: tuple[Kind, ...] = (
    *(("int",), ("str",), ("date",), ("any",), ("json",), ("list", ("int",), None, None)),
    *(
        ("tuple", ("int",), ("str",)),
        ("optional", ("int",)),
        ("union", ("int",), ("list", ("int",), None, None)),
    ),
)
small = st.none() | st.integers(0, 4)
bound = st.none() | st.integers(-3, 3)


def numbers() -> st.SearchStrategy[Kind]:
    step = st.sampled_from([None, None, 1, 2, 3])
    return st.tuples(st.sampled_from(["int", "float", "decimal"]), bound, bound, st.booleans(), step)


def strings() -> st.SearchStrategy[Kind]:
    altered = st.sampled_from(["to_upper", "to_lower", "strip_whitespace"])
    return (
        st.tuples(st.just("str"), small, small)
        | st.tuples(st.just("pattern"), st.sampled_from(PATTERNS))
        | st.tuples(st.just("altered"), altered, small)
    )


def choices() -> st.SearchStrategy[Kind]:
    values = st.sampled_from(["x", "y", "z", 1, 2, True, None, b"a"])
    return st.tuples(st.just("literal"), st.lists(values, min_size=1, max_size=3, unique_by=repr).map(tuple))


def flags() -> st.SearchStrategy[Kind]:
    bits = st.sampled_from([(1, 2), (1, 2, 4), (1, 4)])
    return st.tuples(st.just("flags"), st.sampled_from(["IntFlag", "Flag"]), bits)


serializers = st.sampled_from([("served", how) for how in ("dumps", "hex", "name", "float of decimal")])
leaves = numbers() | strings() | choices() | flags() | st.sampled_from([(name,) for name in PLAIN])


def fields(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[tuple[Any, ...]]:
    row = st.tuples(kinds, st.sampled_from(["required", "required", "optional"]))
    return st.dictionaries(st.sampled_from(NAMES), row, max_size=3).map(
        lambda rows: tuple(sorted(rows.items()))
    )


def around(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    keys = st.sampled_from(KEYS)
    return st.one_of(
        st.tuples(st.just("list"), kinds, small, small),
        st.tuples(st.just("set"), st.sampled_from(ITEMS), small, small),
        st.tuples(st.just("tuple"), kinds, kinds),
        st.tuples(st.just("open tuple"), kinds),
        st.tuples(st.just("map"), keys, kinds, small, small),
        st.tuples(st.just("optional"), kinds),
        st.tuples(st.just("union"), kinds, kinds),
        st.tuples(st.just("model"), fields(kinds), st.sampled_from(["ignore", "ignore", "forbid", "allow"])),
        st.tuples(st.just("tagged"), fields(kinds), fields(kinds), st.sampled_from(["xy", "xz", "yx"])),
        st.tuples(st.just("recursive"), fields(kinds), st.sampled_from(["list", "optional"])),
    )


kinds = st.recursive(leaves, around, max_leaves=4)
models = fields(kinds)
unsaid_models = fields(kinds | serializers | st.tuples(st.just("optional"), serializers))
"""With serializers of which nobody knows what they write."""


@st.composite
def mutated(draw: st.DrawFn, kind: Any) -> Any:
    """Change one part of a description, or put another in its place."""
    if not isinstance(kind, tuple) or not kind or draw(st.integers(0, 5)) == 0:
        if isinstance(kind, tuple) and kind and isinstance(kind[0], str):
            return draw(
                kinds
                | serializers
                | st.just(("optional", kind))
                | st.just(("union", kind, ("int",)))
                | st.just(("list", kind, None, None))
            )
        return draw(small) if kind is None or isinstance(kind, int) else kind
    if isinstance(kind[0], tuple):  # fields
        what = draw(st.sampled_from(["mutate", "mutate", "mutate", "drop", "rename", "add", "presence"]))
        rows = dict(kind)
        name = draw(st.sampled_from(sorted(rows)))
        if what == "drop":
            del rows[name]
        elif what == "rename":
            rows[draw(st.sampled_from(NAMES))] = rows.pop(name)
        elif what == "add":
            rows[draw(st.sampled_from(NAMES))] = (
                draw(kinds),
                draw(st.sampled_from(["required", "optional"])),
            )
        elif what == "presence":
            rows[name] = (rows[name][0], "required" if rows[name][1] == "optional" else "optional")
        else:
            rows[name] = (draw(mutated(rows[name][0])), rows[name][1])
        return tuple(sorted(rows.items()))
    if kind[0] == "literal":
        return draw(choices())
    places = [place for place in range(1, len(kind)) if not isinstance(kind[place], str)]
    if not places:
        return draw(leaves)
    place = draw(st.sampled_from(places))
    return (*kind[:place], draw(mutated(kind[place])), *kind[place + 1 :])
