"""What the small model is given to read, and the schema its answer is held to."""

from pydantic import JsonValue

from brickline.llm_providers.over_http.schema_fit import Dialect, fit
from brickline.llm_providers.over_http.turns import instructions, turns
from brickline.llm_routing import JsonSchema, ProviderRequest

_DIALECT = Dialect(
    keeps=frozenset(
        {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern", "format"}
    ),
    closed=False,
    all_required=True,  # what may be left out, it leaves out
)
# A model this small does not know when to stop: it fills whatever room it is given.
_ROOM = {"maxLength": ("minLength", 400), "maxItems": ("minItems", 6)}
# Said to llguidance, which writes the grammar: white space between tokens has no bound in JSON either.
_NO_LAYOUT: JsonSchema = {"x-guidance": {"whitespace_flexible": False}}


def prompt_of(request: ProviderRequest) -> str:
    """`request` in the model's own notation (ChatML)."""
    said = [("system", instructions(request)), *((turn.role, turn.text) for turn in turns(request))]
    return (
        "".join(f"<|im_start|>{role}\n{_harmless(text)}<|im_end|>\n" for role, text in said)
        + "<|im_start|>assistant\n"
    )


def schema_of(request: ProviderRequest) -> JsonSchema:
    """The schema of `request`, or a tighter one: whatever fits it, fits the other."""
    fitted = fit(request.schema, _DIALECT)
    return {**(request.schema if fitted is None else _tightened(fitted)), **_NO_LAYOUT}


def _harmless(text: str) -> str:
    """`text` without the marks that end a turn: a document is not to speak for anybody else."""
    return text.replace("<|", "< |")


def _tightened(node: dict[str, JsonValue]) -> dict[str, JsonValue]:
    tight: dict[str, JsonValue] = {}
    for name, value in node.items():
        if name in _ROOM and isinstance(value, int):
            least_name, most = _ROOM[name]
            least = node.get(least_name)
            tight[name] = min(value, max(most, least if isinstance(least, int) else 0))
        elif isinstance(value, dict):
            tight[name] = _tightened(value)
        elif isinstance(value, list):
            tight[name] = [_tightened(each) if isinstance(each, dict) else each for each in value]
        else:
            tight[name] = value
    return tight
