"""One attempt to get an answer, with everything that can go wrong told in the client's terms."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from brickline.llm_providers.over_http.failures import broken, status_failure, status_of
from brickline.llm_providers.over_http.output_forms import (
    FormNotKnown,
    OutputForm,
    OutputForms,
    names_the_form,
)
from brickline.llm_providers.over_http.vendor import Vendor, message_in
from brickline.llm_routing import LLMError, ProviderRequest

AnswerT = TypeVar("AnswerT")

# What servers answer to a parameter that they do not know; older ones of llama.cpp say 500.
_NOT_UNDERSTOOD = (400, 422, 500, 501)


async def exchange(
    vendor: Vendor,
    request: ProviderRequest,
    forms: OutputForms,
    ask: Callable[[OutputForm], Awaitable[AnswerT]],
) -> AnswerT:
    """What `ask` returns, within the time of `request`, for the strictest form that the server takes.

    Raises `ProviderUnavailable` or `ProviderRefused`, never with the exception of a library as its cause:
    those hold the request, and with it the key.
    """
    try:
        async with asyncio.timeout(request.timeout_s):
            for form in forms.left(request.task):
                try:
                    return await ask(form)
                except FormNotKnown:
                    continue
                except Exception as error:
                    if _wants_another_form(error, forms, form):
                        continue
                    raise
        failure: LLMError = vendor.refused("it takes no form in which to ask for this output")
    except LLMError as error:
        failure = error
    except Exception as error:
        answer = status_of(error)
        failure = status_failure(vendor, answer) if answer else broken(vendor, error, request.timeout_s)
    raise failure from None


def _wants_another_form(error: Exception, forms: OutputForms, form: OutputForm) -> bool:
    answer = status_of(error)
    return (
        answer is not None
        and not forms.is_last(form)
        and answer.status in _NOT_UNDERSTOOD
        and names_the_form(message_in(answer.body))
    )
