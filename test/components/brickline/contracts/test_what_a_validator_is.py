"""A validator is its code, the data it holds, and what it names: a change of any of these is seen."""

import base64
import functools
import linecache
import operator
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, HttpUrl, create_model

from brickline.contracts import Contract, Rule, compare, reader_schema, writer_schema
from brickline.contracts.derive.identity import identity


def run(source: str, name: str = "made.here", **world: Any) -> dict[str, Any]:
    """Run the source of a module of the workspace."""
    file = f"<{name} {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = ModuleType(name)
    vars(module).update(world)
    exec(compile(source, file, "exec"), vars(module))
    return vars(module)


def of(source: str, what: str = "check") -> str:
    return identity(run(source)[what])


def in_a_class(body: str) -> str:
    source = f"""
from typing import ClassVar
from pydantic import BaseModel, field_validator, model_validator

class Made(BaseModel):
    n: int = 0
    {body}
"""
    made = run(source)["Made"]
    return str(reader_schema(made).text)


READS = {
    "a set": ("ALLOWED = {'a', 'b'}", "ALLOWED = {'a'}"),
    "a list": ("ALLOWED = ['a', 'b']", "ALLOWED = ['a']"),
    "a map": ("ALLOWED = {'a': 1}", "ALLOWED = {'a': 2}"),
    "sets in a map of lists": ("ALLOWED = {'a': [{1, 2}]}", "ALLOWED = {'a': [{1, 3}]}"),
    "a named tuple": (
        "from collections import namedtuple\nALLOWED = namedtuple('P', 'x')('a')",
        "from collections import namedtuple\nALLOWED = namedtuple('P', 'x')('b')",
    ),
    "an ordered map": (
        "from collections import OrderedDict\nALLOWED = OrderedDict(a=1)",
        "from collections import OrderedDict\nALLOWED = OrderedDict(a=2)",
    ),
    "a pattern": ("import re\nALLOWED = re.compile('a')", "import re\nALLOWED = re.compile('b')"),
    "an enum": (
        "from enum import Enum\nclass ALLOWED(Enum):\n    A = 'a'",
        "from enum import Enum\nclass ALLOWED(Enum):\n    A = 'b'",
    ),
    "an instance": (
        "class Box:\n    def __init__(self, a): self.a = a\n    def __contains__(self, x): return x\n"
        "ALLOWED = Box('a')",
        "class Box:\n    def __init__(self, a): self.a = a\n    def __contains__(self, x): return x\n"
        "ALLOWED = Box('b')",
    ),
    "what an operator of an instance does": (
        "class Box:\n    def __contains__(self, x): return x == 'a'\nALLOWED = Box()",
        "class Box:\n    def __contains__(self, x): return x == 'b'\nALLOWED = Box()",
    ),
}
CHECK = """
def check(value):
    if value not in ALLOWED:
        raise ValueError("no")
    return value
"""


@pytest.mark.parametrize("data", READS)
def test_the_data_of_its_module_that_it_names_counts(data: str) -> None:
    one, other = READS[data]
    assert of(one + CHECK) == of(one + CHECK)
    assert of(one + CHECK) != of(other + CHECK)


AT_MOST = """
class AtMost:
    def __init__(self, n): self.n = n
    def __call__(self, v):
        if len(v) > self.n: raise ValueError("long")
        return v
    def check(self, v): return self(v)
"""
SLOTTED = """
from dataclasses import dataclass
@dataclass(frozen=True, slots=True)
class AtMost:
    n: int
    def __call__(self, v):
        if len(v) > self.n: raise ValueError("long")
        return v
"""


@pytest.mark.parametrize(
    ("source", "one", "other"),
    [
        pytest.param(AT_MOST, "AtMost(100)", "AtMost(3)", id="an instance that is called"),
        pytest.param(AT_MOST, "AtMost(100).check", "AtMost(3).check", id="a method of an instance"),
        pytest.param(SLOTTED, "AtMost(100)", "AtMost(3)", id="a dataclass with slots"),
        pytest.param("", "'abc'.startswith", "'abd'.startswith", id="a method of a text"),
        pytest.param("", "{'a': 1}.get", "{'a': 2}.get", id="a method of a map"),
        pytest.param("import re", "re.compile('a').match", "re.compile('b').match", id="a pattern's"),
        pytest.param("import operator as o", "o.itemgetter(0)", "o.itemgetter(1)", id="an item getter"),
        pytest.param(
            "from functools import partial",
            "partial(min, {'a', 'b'})",
            "partial(min, {'a', 'c'})",
            id="arguments that are given before",
        ),
        pytest.param(
            "from functools import lru_cache",
            "lru_cache(lambda v: v + 1)",
            "lru_cache(lambda v: v + 2)",
            id="a function within a cache",
        ),
        pytest.param("", "lambda v: v + 1", "lambda v: v + 2", id="a lambda"),
        pytest.param(
            "", "[lambda v: 1, lambda v: 2][0]", "[lambda v: 1, lambda v: 2][1]", id="two lambdas in a line"
        ),
    ],
)
def test_what_it_holds_counts(source: str, one: str, other: str) -> None:
    assert of(f"{source}\ncheck = {one}") == of(f"{source}\ncheck = {one}")
    assert of(f"{source}\ncheck = {one}") != of(f"{source}\ncheck = {other}")


def test_the_code_of_an_instance_that_is_called_counts() -> None:
    changed = AT_MOST.replace("len(v) >", "len(v) >=")
    assert of(f"{AT_MOST}\ncheck = AtMost(1)") != of(f"{changed}\ncheck = AtMost(1)")


FIELD = """
    LIMIT: ClassVar[int] = {limit}
    @classmethod
    def _most(cls): return {most}
    @field_validator("n")
    @classmethod
    def _small(cls, v):
        if v > cls.LIMIT + cls._most(): raise ValueError("no")
        return v
"""
WHOLE = """
    LIMIT: ClassVar[int] = {limit}
    def _most(self): return {most}
    @model_validator(mode="after")
    def _small(self):
        if self.n > self.LIMIT + self._most(): raise ValueError("no")
        return self
"""


@pytest.mark.parametrize("body", [FIELD, WHOLE], ids=["of a field", "of the model"])
def test_what_it_names_of_its_own_class_counts(body: str) -> None:
    same = in_a_class(body.format(limit=100, most=1))
    assert same == in_a_class(body.format(limit=100, most=1))
    assert same != in_a_class(body.format(limit=5, most=1))
    assert same != in_a_class(body.format(limit=100, most=2))


def test_what_else_its_class_has_does_not_count() -> None:
    body = FIELD.format(limit=1, most=1)
    assert in_a_class(body) == in_a_class(body + "    def other(self): return 1\n")


def test_a_function_of_another_module_of_the_workspace_counts_and_one_of_a_library_does_not() -> None:
    def with_helper(most: int) -> str:
        helpers = ModuleType("made.helpers")
        vars(helpers).update(run(f"MOST = {most}\ndef short(v): return len(v) < MOST", "made.helpers"))
        source = "def check(v):\n    assert helpers.short(v)\n    return os.fspath(v)"
        return identity(run(source, helpers=helpers, os=os)["check"])

    assert with_helper(3) == with_helper(3)
    assert with_helper(3) != with_helper(4)


def test_functions_and_classes_that_name_one_another_have_an_end() -> None:
    source = """
class A:
    def check(self, v): return B().check(v)
class B:
    def check(self, v): return A().check(v) or check(v)
    again = A
A.again = B
LOOP = []
LOOP.append(LOOP)
def check(v):
    return A().check(v) if v in LOOP else A.again.again
"""
    assert of(source) == of(source)
    assert of(source) != of(source.replace("or check(v)", "or not check(v)"))


def decorated(most: int) -> str:
    return f"""
from functools import wraps
def at_most(most):
    def wrapper(function):
        @wraps(function)
        def wrapped(v):
            if len(v) > most: raise ValueError("long")
            return function(v)
        return wrapped
    return wrapper
@at_most({most})
def check(v):
    return v
"""


def test_what_a_decorator_makes_of_it_counts() -> None:
    assert of(decorated(1)) == of(decorated(1))
    assert of(decorated(1)) != of(decorated(2))
    assert of(decorated(1)) != of(decorated(1).replace("len(v) >", "len(v) >="))


SAYS = """
LIMIT = 3
TOO_LONG = "too long"
def check(value: str) -> str:
    \"\"\"Say what it does.\"\"\"
    assert value, "nothing"
    if len(value) > LIMIT:
        raise ValueError(f"{value} is no more than {LIMIT}: {TOO_LONG}")
    return value
"""


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("is no more than", "is not at most"),
        ('TOO_LONG = "too long"', 'TOO_LONG = "That is too long."'),
        ('f"{value} is no more than {LIMIT}: {TOO_LONG}"', '"No."'),
        ('"nothing"', '"nothing at all"'),
        ("Say what it does.", "Say what it does not."),
        ("value: str", 'value: "str"'),
    ],
)
def test_what_it_says_of_what_it_refuses_does_not_count(said: str, now: str) -> None:
    assert said in SAYS
    assert of(SAYS) == of(SAYS.replace(said, now))


@pytest.mark.parametrize(
    ("did", "now"), [("ValueError", "KeyError"), ("LIMIT = 3", "LIMIT = 4"), ("> LIMIT", ">= LIMIT")]
)
def test_what_it_refuses_and_how_does(did: str, now: str) -> None:
    assert of(SAYS) != of(SAYS.replace(did, now))


def test_what_is_raised_and_caught_again_is_no_message() -> None:
    source = """
def check(v):
    try:
        raise ValueError(1)
    except ValueError as error:
        return error.args[0]
"""
    assert of(source) != of(source.replace("ValueError(1)", "ValueError(2)"))


def test_what_cannot_be_put_in_words_counts_by_all_that_its_module_says(tmp_path: Path) -> None:
    def made(most: int) -> str:
        name = "opaque_" + str(most)
        source = f"MOST = {most}\nITEMS = (n for n in range(MOST))\ndef check(v): return next(ITEMS) + v"
        (tmp_path / f"{name}.py").write_text(source)
        module = ModuleType("made.opaque")
        module.__file__ = str(tmp_path / f"{name}.py")
        exec(compile(source, module.__file__, "exec"), vars(module))
        sys.modules["made.opaque"] = module
        try:
            linecache.checkcache(module.__file__)
            return identity(module.check)
        finally:
            del sys.modules["made.opaque"]

    assert made(3) == made(3)
    assert made(3) != made(4)


def test_two_validators_of_a_field_in_another_order_are_another_check() -> None:
    def first(value: str) -> str:
        return value.strip()

    def second(value: str) -> str:
        return value or "x"

    def made(*validators: Callable[[str], str]) -> type[BaseModel]:
        return create_model("Made", a=(Annotated[str, *map(AfterValidator, validators)], ...))

    def contract(model: type[BaseModel]) -> Contract:
        return Contract("topic", 1, writer_schema(model), reader_schema(model))

    assert compare(contract(made(first, second)), contract(made(first, second))).full
    verdict = compare(contract(made(first, second)), contract(made(second, first)))
    assert {broken.rule for broken in verdict.breaks} == {Rule.NOT_UNDERSTOOD}


@pytest.mark.parametrize(
    ("called", "name"),
    [
        (str.lower, "builtins.str.lower"),
        (str.__len__, "builtins.str.__len__"),
        (sorted, "builtins.sorted"),
        (int, "builtins.int"),
        (dict.fromkeys, "builtins.dict.fromkeys"),
        (base64.b64decode, "base64.b64decode"),
        (operator.attrgetter("name"), "operator.attrgetter#"),
        (functools.partial(re.sub, "a", "b"), "re.sub(...)#"),
    ],
)
def test_what_a_library_brings_is_known_by_its_name(called: Any, name: str) -> None:
    assert re.sub("#.*", "#", identity(called)) == name
    made = create_model("Made", a=(Annotated[str, BeforeValidator(called)], ...))
    assert reader_schema(made).text == reader_schema(made).text


PROGRAM = """
import functools, logging, operator, re
from enum import Enum
from typing import Annotated, ClassVar
from pydantic import AfterValidator, BaseModel, Field, HttpUrl, PlainSerializer, field_validator
from brickline.contracts import reader_schema, writer_schema

NAMES = {"a", "b", "c", "d"}
NESTED = {"x": [frozenset({"a", "b", "c"}), {("a", "b"), ("c", "d")}]}
LOG = logging.getLogger("made")
ANY = object()

class Kind(Enum):
    A = "a"
    B = "b"
KINDS = frozenset(Kind)

def closed(names):
    def check(v, also={"e", "f", "g"}):
        LOG.info("seen")
        return v in names and v in {"h", "i", "j"} and v in NAMES and NESTED and KINDS and v is not ANY
    return check

class Within:
    def __init__(self, names):
        self.names = names
    def __call__(self, v):
        return v in self.names

class Made(BaseModel):
    OWN: ClassVar[set[str]] = {"k", "l", "m"}
    a: Annotated[str, AfterValidator(closed({"n", "o", "p"}))]
    b: Annotated[str, AfterValidator(Within({"q", "r", "s"}))]
    c: Annotated[str, AfterValidator(functools.partial(operator.contains, {"t", "u"}))]
    d: Annotated[int, PlainSerializer({1: "v"}.get)] = Field(default_factory=closed({"w", "x"}))
    e: HttpUrl
    f: Annotated[str, AfterValidator({"y", "z"}.__contains__)]
    g: Annotated[str, AfterValidator(lambda v: v in {"a", "b"} or Kind(v))]
    @field_validator("a")
    @classmethod
    def _own(cls, v):
        return v in cls.OWN

print(reader_schema(Made).digest, writer_schema(Made).digest)
"""


def test_it_is_the_same_in_every_process_whatever_the_order_of_its_sets(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_text(PROGRAM)
    said = {
        subprocess.run(
            [sys.executable, str(program)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert len(said) == 1


def test_it_holds_no_address() -> None:
    made = create_model("Made", a=(HttpUrl, ...), b=(Annotated[str, AfterValidator(lambda v: v)], ...))
    assert " at 0x" not in reader_schema(made).text + writer_schema(made).text
