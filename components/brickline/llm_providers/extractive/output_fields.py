"""What of an output schema the extractive method can fill, and within which limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from brickline.llm_routing import JsonSchema, ProviderRefused

_NAME = "extractive"
_KINDS = {"summary": "string", "themes": "array"}
_NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class OutputFields:
    """Which of the two fields a schema has, with their largest sizes."""

    summary_length: int | None
    """In characters; None where the schema has no such field."""
    theme_count: int | None
    theme_length: int


def output_fields(task: str, schema: JsonSchema) -> OutputFields:
    """The fields of `schema` to fill; raises `ProviderRefused` if it requires any other."""
    properties = _mapping(schema.get("properties"))
    found = {name: _of_kind(properties.get(name), kind) for name, kind in _KINDS.items()}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    unfillable = [str(name) for name in needed if found.get(str(name)) is None]
    if unfillable or not any(node is not None for node in found.values()):
        raise ProviderRefused(
            _NAME,
            f"it fills 'summary' (a string) and 'themes' (a list of strings), but the output of task "
            f"'{task}' needs {', '.join(unfillable) or 'neither'}; give this task to a language model",
        )
    summary, themes = found["summary"], found["themes"]
    theme = _of_kind((themes or {}).get("items"), "string")
    return OutputFields(
        summary_length=None if summary is None else _limit(summary, "maxLength"),
        theme_count=None if themes is None or theme is None else _limit(themes, "maxItems"),
        theme_length=_limit(theme or {}, "maxLength"),
    )


def _of_kind(node: JsonValue, kind: str) -> Mapping[str, JsonValue] | None:
    """`node` if it describes a `kind`, or the alternative within it that does."""
    candidate = _mapping(node)
    if candidate.get("type") == kind and (kind != "array" or _of_kind(candidate.get("items"), "string")):
        return candidate
    alternatives = candidate.get("anyOf")
    for alternative in alternatives if isinstance(alternatives, list) else []:
        match = _of_kind(alternative, kind)
        if match is not None:
            return match
    return None


def _limit(node: Mapping[str, JsonValue], keyword: str) -> int:
    limit = node.get(keyword)
    return limit if isinstance(limit, int) else _NO_LIMIT


def _mapping(node: JsonValue) -> Mapping[str, JsonValue]:
    return node if isinstance(node, dict) else {}
