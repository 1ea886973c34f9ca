"""Reads a models file, and says everything that is wrong with it at once."""

import re
import stat
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path

from brickline.llm_routing.models.catalogue import Catalogue
from brickline.llm_routing.models.catalogue_errors import ModelsFileError
from brickline.llm_routing.models.model_entry import read_models
from brickline.llm_routing.models.routing_entry import read_routing
from brickline.llm_routing.models.toml_lines import lines_of
from brickline.llm_routing.models.toml_table import Problems, Table

_MOST_BYTES = 1_000_000
_KEYS = ("routing", "models")
_PARSER_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def load_catalogue(path: Path) -> Catalogue:
    """Read the models file at `path`. Raises `ModelsFileError` with every problem, each with its line."""
    text = _text(path)
    try:
        values = tomllib.loads(text, parse_float=_exact)
        problems = Problems(path.name, lines_of(text))
    except tomllib.TOMLDecodeError as error:
        raise ModelsFileError(path, (_syntax_problem(path, text, str(error)),)) from error
    except RecursionError:
        raise ModelsFileError(path, (f"{path.name}: it is nested too deeply",)) from None
    except ValueError as error:  # of Python itself, about a number with thousands of digits
        raise ModelsFileError(path, (f"{path.name}: a value cannot be read: {error}",)) from error
    root = Table(values, (), "", problems)
    root.only(_KEYS)
    routing, models = read_routing(root), tuple(read_models(root))
    if values.get("models", []) == []:
        root.problem(None, "it names no model; begin one with a line [[models]]")
    found = problems.in_order()
    if found:
        raise ModelsFileError(path, found)
    return Catalogue(routing, models)


def _text(path: Path) -> str:
    try:
        # Neither a pipe, which might never end, nor a device.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ModelsFileError(path, (f"{path} is not a file",))
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        problem = f"there is no file {path}; create it, or name none to use the built-in model"
        raise ModelsFileError(path, (problem,)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelsFileError(path, (f"{path} cannot be read: {reason}",)) from error
    if len(data) > _MOST_BYTES:
        raise ModelsFileError(path, (f"{path} is larger than {_MOST_BYTES} bytes; is it the right file?",))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"{path.name}:{line}: there is text that is not UTF-8; save the file in that encoding"
        raise ModelsFileError(path, (problem,)) from error


def _exact(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")


def _syntax_problem(path: Path, text: str, message: str) -> str:
    """Say what the parser found, with the line where every other problem has it."""
    place = _PARSER_PLACE.search(message)
    if place is None:
        return f"{path.name}: it is not TOML: {message}"
    line = place["line"] or text.count("\n") + 1
    return f"{path.name}:{line}: it is not TOML: {message[: place.start()]}"
