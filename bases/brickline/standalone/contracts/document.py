"""Documents that a reader rejects, short enough to be read at a glance."""

import json

from pydantic import JsonValue

_LONGEST = 600
_LONGEST_STRING = 60
_KEPT = 20


def compact(document: JsonValue) -> str:
    """Return a document as JSON on one line: whole, or with the middles of long texts left out."""
    whole = _dumped(document)
    if len(whole) <= _LONGEST:
        return whole
    shorter = _dumped(_shortened(document))
    return shorter if len(shorter) <= _LONGEST else _without_middle(shorter, _LONGEST // 2)


def _dumped(document: JsonValue) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _shortened(value: JsonValue) -> JsonValue:
    match value:
        case str() if len(value) > _LONGEST_STRING:
            return _without_middle(value, _KEPT)
        case list():
            return [_shortened(each) for each in value]
        case dict():
            return {name: _shortened(each) for name, each in value.items()}
    return value


def _without_middle(text: str, kept: int) -> str:
    left_out = len(text) - 2 * kept
    return f"{text[:kept]}... {left_out:,} characters ...{text[-kept:]}"
