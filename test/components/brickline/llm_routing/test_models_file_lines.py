"""The line of everything in a TOML text."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.llm_routing.models.toml_lines import Place, lines_of

TEXT = '''\
# a comment with = and [brackets] and """
top = 1
"quoted key" . 'second' = [ # a comment ]
    1, "]", """
    text with ] and # and """, { inner = 2, "x.y" = [3] },
    ["deep", [
        4]],
]
[table] # [[not.this]]
a.b.c = "#"
several = """first
b = 2
\\""" ends not""\\""""
literal = \'\'\'
key = "value"
\'\'\'\'\'
after = 2026-01-01 10:00:00
[[items]]
name = 1
[items.sub]
deep = {}
[[items]]
name = \'\'
[[items.more]]
x = 1
[[items.more]]
x = """"""
["a.b".'c']
d = true
[late.child]
[late]
'''


def line(needle: str, occurrence: int = 1) -> int:
    at = -1
    for _ in range(occurrence):
        at = TEXT.index(needle, at + 1)
    return TEXT.count("\n", 0, at) + 1


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("top",), line("top =")),
        (("quoted key",), line('"quoted key"')),
        (("quoted key", "second"), line('"quoted key"')),
        (("quoted key", "second", 1), line('1, "]"')),
        (("quoted key", "second", 3), line("{ inner")),
        (("quoted key", "second", 3, "inner"), line("{ inner")),
        (("quoted key", "second", 3, "x.y", 0), line("{ inner")),
        (("quoted key", "second", 4, 1), line('"deep"')),
        (("quoted key", "second", 4, 1, 0), line("4]]")),
        (("table",), line("[table]")),
        (("table", "a", "b", "c"), line("a.b.c")),
        (("table", "several"), line("several")),
        (("table", "literal"), line("literal")),
        (("table", "after"), line("after")),
        (("items", 0), line("[[items]]")),
        (("items", 0, "sub", "deep"), line("deep = {}")),
        (("items", 1), line("[[items]]", 2)),
        (("items", 1, "name"), line("name = ''")),
        (("items", 1, "more", 0, "x"), line("x = 1")),
        (("items", 1, "more", 1), line("[[items.more]]", 2)),
        (("items", 1, "more", 1, "x"), line('x = """"""')),
        (("a.b", "c", "d"), line("d = true")),
        (("late", "child"), line("[late.child]")),
        (("late",), line("[late]")),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_of_a_value_is_where_it_stands(place: Place, expected: int, newline: str) -> None:
    assert lines_of(TEXT.replace("\n", newline))[place] == expected


def test_everything_in_the_text_has_a_line_and_nothing_else_has() -> None:
    assert set(lines_of(TEXT)) == set(places(tomllib.loads(TEXT)))


def test_a_key_of_very_many_parts_is_read_in_no_time() -> None:
    assert lines_of(".".join(["a"] * 100_000) + " = 1\nb = 2")["b",] == 2


def places(value: object, place: Place = ()) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*place, key)
        yield from places(child, (*place, key))


TRICKY = st.text(st.sampled_from("a\"'\\#[]{}=,.\n\té"), max_size=8)
KEYS = st.one_of(st.sampled_from(["a", "b", "models", "1"]), TRICKY)


def quoted(text: str) -> str:
    escaped = "".join(char if char not in '"\\' else f"\\{char}" for char in text)
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def strings(text: str) -> st.SearchStrategy[str]:
    """Ways to write a text."""
    ways = [quoted(text), f'"""\n{text.translate({34: chr(92) + chr(34), 92: chr(92) * 2})}"""']
    if not set(text) & set("'\n"):
        ways.append(f"'{text}'")
    if "'" not in text:
        ways.append(f"'''{text}'''")
    return st.sampled_from(ways)


INLINE = st.recursive(
    st.one_of(TRICKY.flatmap(strings), st.sampled_from(["1", "-2.5", "true", "2026-01-01", "0xff"])),
    lambda values: st.one_of(
        st.lists(values, max_size=3).map(lambda items: "[" + " , # ]\n ".join(items) + "\n]"),
        st.dictionaries(KEYS, values.filter(lambda text: "\n" not in text), max_size=3).map(
            lambda items: "{" + " , ".join(f"{quoted(key)}={value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)


TABLES = st.lists(st.tuples(st.booleans(), st.dictionaries(KEYS, INLINE, max_size=4)), max_size=5)


@given(TABLES)
def test_whatever_the_text_every_key_is_found_on_its_line(tables: list[tuple[bool, dict[str, str]]]) -> None:
    text, expected, items = "", {}, 0
    for number, (is_item, pairs) in enumerate(tables):
        table: Place = ("m", items) if is_item else (f"t{number}",)
        items += is_item
        text += f"# {number}\n" + ("[[m]]\n" if is_item else f"[ t{number} ]\n")
        for key, value in pairs.items():
            expected[*table, key] = text.count("\n") + 1
            text += f"  {quoted(key)} = {value} # = end\n"
    found = lines_of(text)
    assert set(found) == set(places(tomllib.loads(text)))
    assert {place: found[place] for place in expected} == expected
