"""The answer of a chat completion: OpenAI's shape, which many servers speak."""

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, ValidationError

from brickline.llm_providers.over_http.failures import StatusAnswer, status_failure
from brickline.llm_providers.over_http.misfit import misfit
from brickline.llm_providers.over_http.vendor import Vendor, message_in
from brickline.llm_routing import ProviderResponse, Usage

_CUT_OFF = ("length", "model_length", "max_tokens")
_LONGEST_MODEL_NAME = 200


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice]
    model: str | None = None
    usage: JsonValue = None


def read_chat_reply(vendor: Vendor, body: bytes) -> ProviderResponse:
    """The answer in `body`; raises `ProviderRefused` for a refusal, `ProviderUnavailable` for no answer."""
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        if failed := _status_within(body):
            raise status_failure(vendor, failed) from None
        raise vendor.unreadable(_problem(error, body)) from None
    if not completion.choices:
        raise vendor.unreadable("it holds no choices")
    choice, usage = completion.choices[0], chat_usage(completion.usage)
    if choice.message.refusal:
        raise vendor.refused(f"the model says: {choice.message.refusal}", usage)
    if choice.finish_reason == "content_filter":
        raise vendor.refused("its content filter stopped the answer", usage)
    return ProviderResponse(
        text=choice.message.content or "",
        model=(completion.model or vendor.model)[:_LONGEST_MODEL_NAME],
        usage=usage,
        truncated=choice.finish_reason in _CUT_OFF,
    )


def chat_usage(usage: JsonValue) -> Usage | None:
    """The tokens that `usage` says are billed; cached input and reasoning are part of its sums."""
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(completion, int) or min(prompt, completion) < 0:
        return None
    total = usage.get("total_tokens")
    # Some servers leave reasoning out of completion_tokens, but not out of the total.
    unnamed = total - prompt if isinstance(total, int) else 0
    return Usage(prompt, max(completion, unnamed))


class _Error(BaseModel):
    code: Annotated[int, Field(ge=400, le=599)]


class _Failed(BaseModel):
    error: _Error


def _status_within(body: bytes) -> StatusAnswer | None:
    """The answer that a gateway got and hands on with status 200, if it tells its status."""
    try:
        code = _Failed.model_validate_json(body).error.code
    except ValidationError:
        return None
    return StatusAnswer(code, {}, body.decode(errors="replace"))


def _problem(error: ValidationError, body: bytes) -> str:
    """Why it is not a completion; some gateways answer 200 with an error, and say no more."""
    if b'"error"' in body and b'"choices"' not in body:
        return message_in(body.decode(errors="replace"))
    return misfit(error)
