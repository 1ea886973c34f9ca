"""What an HTTP status, or a connection that broke, means for the call and for its bill."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from brickline.llm_providers.over_http.misfit import misfit
from brickline.llm_providers.over_http.retry_after import retry_after_s, retry_delay_s
from brickline.llm_providers.over_http.vendor import Vendor, message_in
from brickline.llm_routing import LLMError

_BAD_REQUEST = (400, 413, 422)
# Whoever answers this had the request for as long as it was willing to wait: someone may have worked on it.
_GAVE_UP_WAITING = (408, 504, 524)
_ADVICE = {
    401: "it does not take the key: check {key}",
    402: "the account has no credit left: check the account of {key}",
    403: "the key may not use {model}: check the permissions of {key}",
    404: "it has no model {model}, or none at that path: check the model's name and base_url",
}
# Said with status 400, though it is about the account and not about the text.
_ABOUT_THE_ACCOUNT = (
    "api_key_invalid",
    "api key not valid",
    "api key expired",
    "credit balance is too low",
    "billing_hard_limit_reached",
    "user location is not supported",
    "failed_precondition",
)
# The request was not sent when one of these is raised, in httpx as in httpx2: told by name, so that neither
# has to be imported here.
_NOT_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
    "InvalidURL",
}


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """An answer that is not one of success."""

    status: int
    headers: Mapping[str, str]
    body: str


class StatusError(Exception):
    """Raised by an adapter without an SDK for an answer that is not one of success."""

    def __init__(self, answer: StatusAnswer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


def status_failure(vendor: Vendor, answer: StatusAnswer) -> LLMError:
    """The error that a status stands for."""
    status, said = answer.status, message_in(answer.body)
    advice = _ADVICE.get(status, "").format(key=vendor.key_name, model=vendor.model)
    about_account = any(mark in answer.body.lower() for mark in _ABOUT_THE_ACCOUNT)
    if status in _BAD_REQUEST and about_account:
        advice = _ADVICE[401].format(key=vendor.key_name)
    elif status in _BAD_REQUEST:
        return vendor.refused(f"it answered {status}: {said}")
    elif 300 <= status < 400:
        advice = "it redirects, which is not followed with a key in hand: check base_url"
    elif 404 < status < 408 or status == 410:
        advice = "check base_url"
    reason = f"it answered {status}" + (f"; {advice}" if advice else "") + (f" ({said})" if said else "")
    wait = retry_after_s(answer.headers)
    wait = retry_delay_s(answer.body) if wait is None else wait
    return vendor.unavailable(reason, wait, maybe_billed=status in _GAVE_UP_WAITING)


def broken(vendor: Vendor, error: BaseException, timeout_s: float) -> LLMError:
    """The error that stands for an exception of a client: whether the request can have been worked on."""
    chain = _chain(error)
    cause = str(chain[-1]) or type(chain[-1]).__name__
    if any(type(each).__name__ in _NOT_SENT for each in chain):
        return vendor.unavailable(
            f"no connection to {vendor.host}: {cause}; check that it is up and base_url"
        )
    if any("timeout" in type(each).__name__.lower() for each in chain):
        return vendor.unavailable(f"no answer within {timeout_s:g} s", maybe_billed=True)
    if any(isinstance(each, (ValueError, TypeError, LookupError, AttributeError)) for each in chain):
        found = chain[-1]
        return vendor.unreadable(misfit(found) if isinstance(found, ValidationError) else str(found))
    return vendor.unavailable(f"the connection broke: {type(error).__name__}: {cause}", maybe_billed=True)


def status_of(error: BaseException) -> StatusAnswer | None:
    """The answer that `error` was raised for, if it was one that says so by its status."""
    if isinstance(error, StatusError):
        return error.answer
    # The errors of all three SDKs keep the response.
    response: object = getattr(error, "response", None)
    status: object = getattr(response, "status_code", None)
    if not isinstance(status, int) or 200 <= status < 300:
        return None
    return StatusAnswer(status, getattr(response, "headers", {}), str(getattr(response, "text", "")))


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    return chain
