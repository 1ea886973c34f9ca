"""The answer of Anthropic's Messages."""

import json

from pydantic import BaseModel, JsonValue, ValidationError

from brickline.llm_providers.over_http.misfit import misfit
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderResponse, Usage

_CUT_OFF = ("max_tokens", "model_context_window_exceeded")
_BILLED_AS_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class _Block(BaseModel):
    type: str
    text: str = ""
    input: JsonValue = None


class _Message(BaseModel):
    content: list[_Block]
    model: str
    stop_reason: str | None = None
    stop_details: JsonValue = None
    usage: JsonValue = None


def read_message(vendor: Vendor, body: bytes) -> ProviderResponse:
    """The answer in `body`; raises `ProviderRefused` for a refusal, `ProviderUnavailable` for no answer."""
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise vendor.unreadable(misfit(error)) from None
    usage = _usage(message.usage)
    said = "".join(block.text for block in message.content if block.type == "text")
    if message.stop_reason == "refusal":
        why = _why(message.stop_details) or said
        raise vendor.refused(f"the model will not answer{': ' if why else ''}{why}", usage)
    taken = next((block.input for block in message.content if block.type == "tool_use"), None)
    if not message.content and message.stop_reason not in _CUT_OFF:
        raise vendor.unreadable("it holds no content")
    return ProviderResponse(
        text=said if taken is None else json.dumps(taken, ensure_ascii=False),
        model=message.model,
        usage=usage,
        truncated=message.stop_reason in _CUT_OFF,
    )


def _why(details: JsonValue) -> str:
    """What it says about a refusal: an explanation, or a category."""
    found = details if isinstance(details, dict) else {}
    return str(found.get("explanation") or found.get("category") or "")


def _usage(usage: JsonValue) -> Usage | None:
    """The tokens that are billed: those read from a cache or written to one are told apart."""
    if not isinstance(usage, dict):
        return None
    inputs = [count for name in _BILLED_AS_INPUT if isinstance(count := usage.get(name), int)]
    outputs = usage.get("output_tokens")
    if not isinstance(usage.get("input_tokens"), int) or not isinstance(outputs, int):
        return None
    return Usage(sum(inputs), outputs) if min(*inputs, outputs) >= 0 else None
