"""Read settings, or say in full what is wrong with the environment."""

import difflib
import os
from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableValueError

from brickline.settings.base import Settings
from brickline.settings.errors import SettingsError

S = TypeVar("S", bound=Settings)


def load_settings(cls: type[S]) -> S:
    """Read and validate `cls` from the environment; raises SettingsError that lists all that is wrong."""
    try:
        return cls()
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in _explain(cls, error))
    except UnreadableValueError as error:  # a field that is given as JSON, and the value is not JSON
        lines = f"  {error}"
    # Raised outside the handler: the chained error would carry the values, and a value may be a secret.
    raise SettingsError(
        f"The settings are not valid:\n{lines}\nSet these environment variables and start again."
    )


def variable_name(cls: type[Settings], field: str) -> str:
    """Name the environment variable of a field."""
    return f"{cls.model_config.get('env_prefix', '')}{field}".upper()


def _explain(cls: type[Settings], error: ValidationError) -> Iterator[str]:
    explained = set()
    for details in error.errors(include_input=False, include_url=False):
        field = str(details["loc"][0]) if details["loc"] else ""
        if field not in explained:  # one line per variable, be several of its entries wrong
            explained.add(field)
            yield _explain_field(cls, field, details)


def _explain_field(cls: type[Settings], field: str, details: ErrorDetails) -> str:
    if field not in cls.model_fields:  # a rule across fields
        return _reason(details)
    name = variable_name(cls, field)
    missing = details["type"] == "missing"
    line = f"{name} {'is missing' if missing else 'is wrong: ' + _reason(details)}.{_wants(cls, field)}"
    near_miss = _near_miss(cls, name) if missing else None
    return f"{line} {near_miss} is set: is it meant to be {name}?" if near_miss else line


def _reason(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Value error, ").removesuffix(".")
    return message.replace("Input should", "it should", 1)


def _wants(cls: type[Settings], field: str) -> str:
    info = cls.model_fields[field]
    wants = f" It wants {info.description}" if info.description else ""
    example = f", for example {info.examples[0]}" if wants and info.examples else ""
    return f"{wants}{example}." if wants else ""


def _near_miss(cls: type[Settings], missing: str) -> str | None:
    known = {variable_name(cls, field) for field in cls.model_fields}
    prefix = str(cls.model_config.get("env_prefix", "")).upper()
    unknown = [name for name in map(str.upper, os.environ) if name.startswith(prefix) and name not in known]
    return next(iter(difflib.get_close_matches(missing, unknown, n=1, cutoff=0.8)), None)
