"""One task put to one text for one event: what is sent, how large it can be, and what makes it the same."""

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Generic

from brickline.llm_routing.call import Call
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.provider import Correction, ProviderRequest
from brickline.llm_routing.task import OutputT, Task

_FRAME_TOKENS = 1024
"""More than any vendor wraps around a request: roles, its own words about the schema, tool definitions."""
_LIKELY_BYTES_PER_TOKEN = 4
_TURN_TOKENS = 64
"""More than it wraps around one turn of a correction."""


def overhead_tokens(task: Task[Any]) -> int:
    """Return an upper bound of what a request of the task takes beside the text itself.

    A byte-level tokenizer never makes more tokens of a text than its UTF-8 has bytes. The schema counts
    twice: an adapter may have to say in words what its vendor does not enforce.
    """
    return _FRAME_TOKENS + _size(task.instructions) + 2 * len(_schema_bytes(task))


class Question(Generic[OutputT]):
    """What a consumer asked for."""

    def __init__(self, task: Task[OutputT], text: str, call: Call) -> None:
        self.task = task
        self.text = text
        self.call = call

    @cached_property
    def text_digest(self) -> str:
        """Return the same for the same text only."""
        return blake2b(self.text.encode(errors="surrogatepass"), digest_size=16).hexdigest()

    @cached_property
    def input_tokens(self) -> int:
        """The most tokens that the request can have, uncorrected."""
        return overhead_tokens(self.task) + _size(self.text)

    @property
    def likely_tokens(self) -> int:
        """Return what vendors count towards a rate limit: four bytes a token, and all the output allowed."""
        return -(-self.input_tokens // _LIKELY_BYTES_PER_TOKEN) + self.task.max_output_tokens

    def input_bound(self, corrections: Sequence[Correction]) -> int:
        """Return the most tokens that the request can have with these corrections."""
        turns = sum(_size(each.answer) + _size(each.problems) + 2 * _TURN_TOKENS for each in corrections)
        return self.input_tokens + turns

    def worst_micros(self, model: Model, corrections: Sequence[Correction]) -> int:
        """Return the most that asking the model can cost."""
        return model.cost_micros(
            self.input_bound(corrections), model.output_limit(self.task.max_output_tokens)
        )

    def request(self, model: Model, corrections: Sequence[Correction]) -> ProviderRequest:
        """Return what a provider is given."""
        return ProviderRequest(
            task=self.task.name,
            instructions=self.task.instructions,
            text=self.text,
            schema=self.task.schema,
            max_output_tokens=model.output_limit(self.task.max_output_tokens),
            timeout_s=model.timeout_s,
            corrections=tuple(corrections),
        )

    def fingerprint(self, model: Model) -> bytes:
        """Return the same for two questions only if one answer is right for both.

        That takes the same tenant, prompt, schema and parameters, the same text, and the same model.
        """
        digest = self._digest.copy()
        digest.update(_identity(model))
        return digest.digest()

    def scope(self, model: Model) -> bytes:
        """Return the same for two questions only if they differ in nothing but their text."""
        digest = self._asked.copy()
        digest.update(_identity(model))
        return digest.digest()

    @cached_property
    def _digest(self) -> "blake2b":
        digest = self._asked.copy()
        digest.update(self.text.encode(errors="surrogatepass"))
        return digest

    @cached_property
    def _asked(self) -> "blake2b":
        task = self.task
        asked = [self.call.tenant, task.name, task.version, task.instructions, task.max_output_tokens]
        digest = blake2b(json.dumps(asked).encode(), digest_size=16)
        digest.update(b"\0" + _schema_bytes(task) + b"\0")
        return digest


def _identity(model: Model) -> bytes:
    return f"\0{model.provider}\0{model.model}\0{model.base_url or ''}".encode()


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


@lru_cache(maxsize=128)  # each question needs it twice, and a service has a handful of tasks
def _schema_bytes(task: Task[Any]) -> bytes:
    return json.dumps(task.schema, sort_keys=True).encode()
