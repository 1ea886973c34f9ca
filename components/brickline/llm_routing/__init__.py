"""What to ask of a language model, and the client that gets it answered.

A `Task` is a versioned prompt with a bounded output model. `LLMClient.generate` turns a task and a text into
a validated instance of that model, or into one of the errors below. Whatever answers is a `Provider`.
"""

from brickline.llm_routing.answer import Answer
from brickline.llm_routing.call import Call
from brickline.llm_routing.call_log import MIGRATIONS, CallLog, CallOutcome, CallRecord, read_calls
from brickline.llm_routing.client import LLMClient
from brickline.llm_routing.errors import (
    InvalidOutput,
    InvalidTask,
    LLMError,
    NoProvider,
    PermanentLLMError,
    ProviderRefused,
    ProviderUnavailable,
    TransientLLMError,
)
from brickline.llm_routing.provider import JsonSchema, Provider, ProviderRequest, ProviderResponse
from brickline.llm_routing.task import OutputT, Task

__all__ = [
    "MIGRATIONS",
    "Answer",
    "Call",
    "CallLog",
    "CallOutcome",
    "CallRecord",
    "InvalidOutput",
    "InvalidTask",
    "JsonSchema",
    "LLMClient",
    "LLMError",
    "NoProvider",
    "OutputT",
    "PermanentLLMError",
    "Provider",
    "ProviderRefused",
    "ProviderRequest",
    "ProviderResponse",
    "ProviderUnavailable",
    "Task",
    "TransientLLMError",
    "read_calls",
]
