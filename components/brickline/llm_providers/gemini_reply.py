"""The answer of Gemini."""

from typing import TYPE_CHECKING

from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderResponse, Usage

if TYPE_CHECKING:
    from google.genai import types

_CUT_OFF = ("MAX_TOKENS", "CONTINUATION")
_REFUSED = (
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "ESCALATION",
    "MODEL_ARMOR",
)


def read_reply(vendor: Vendor, reply: "types.GenerateContentResponse") -> ProviderResponse:
    """The answer in `reply`; raises `ProviderRefused` for a refusal, `ProviderUnavailable` for no answer."""
    usage = _usage(reply.usage_metadata)
    blocked = reply.prompt_feedback.block_reason if reply.prompt_feedback else None
    if blocked is not None:
        raise vendor.refused(f"it blocks the document: {blocked.value}", usage)
    if not reply.candidates:
        raise vendor.unreadable("it holds no candidates")
    candidate = reply.candidates[0]
    reason = candidate.finish_reason.value if candidate.finish_reason else ""
    if reason in _REFUSED:
        raise vendor.refused(f"it stopped its answer: {reason}", usage)
    parts = (candidate.content.parts if candidate.content else None) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    if not text and reason not in ("STOP", *_CUT_OFF):
        raise vendor.unreadable(f"it stopped without one: {reason or 'no reason given'}")
    return ProviderResponse(
        text=text, model=reply.model_version or vendor.model, usage=usage, truncated=reason in _CUT_OFF
    )


def _usage(usage: "types.GenerateContentResponseUsageMetadata | None") -> Usage | None:
    """The tokens that are billed: its thoughts are told apart from the answer, and paid as it is."""
    if usage is None or usage.prompt_token_count is None:
        return None
    inputs = usage.prompt_token_count + (usage.tool_use_prompt_token_count or 0)
    outputs = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    outputs = max(outputs, (usage.total_token_count or 0) - inputs)
    if usage.candidates_token_count is None and usage.total_token_count is None:
        return None
    return Usage(inputs, outputs) if min(inputs, outputs) >= 0 else None
