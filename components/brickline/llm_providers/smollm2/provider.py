"""The offline provider that is a language model."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from brickline.llm_providers.smollm2.engine import Completion, Engine
from brickline.llm_providers.smollm2.prompt import prompt_of, schema_of
from brickline.llm_routing import (
    ProviderRefused,
    ProviderRequest,
    ProviderResponse,
    ProviderUnavailable,
)

T = TypeVar("T")


class SmolLM2Provider:
    """Answers by SmolLM2-135M on this machine's processor, held to the schema, free and offline.

    It shows that everything about a model works without a network. It is no judge of a document: it is
    small, and invents. Calls wait for one another. The first one loads the model (half a second) unless
    `warm_up` was awaited before. `context_tokens` bounds prompt and answer together, and its memory.
    """

    name = "smollm2"
    model = "smollm2-135m-instruct"

    def __init__(self, *, context_tokens: int = 2048) -> None:
        self._context_tokens = context_tokens
        # One thread is the queue: whatever runs the engine, it runs it alone.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smollm2")
        self._engine: Engine | None = None

    async def warm_up(self) -> None:
        """Load the model, so that the first document doesn't wait for it."""
        await self._in_thread(self._loaded)

    async def aclose(self) -> None:
        """Free the model's memory, after the call that runs; it would be loaded again."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._unload)

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        """Answer in its turn; raises `ProviderRefused` for a prompt that is longer than its context."""
        abandoned = threading.Event()
        try:
            async with asyncio.timeout(request.timeout_s):
                done = await self._in_thread(lambda: self._answer(request, abandoned))
        except TimeoutError:
            raise ProviderUnavailable(self.name, f"no answer within {request.timeout_s:g} s") from None
        finally:
            abandoned.set()
        if done.problem is not None:
            raise ProviderRefused(self.name, done.problem)
        return ProviderResponse(done.text, self.model, done.usage, done.truncated)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """What `work` returns; raises `ProviderUnavailable` if the library fails."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except Exception as error:
            reason = f"the model cannot be run: {type(error).__name__}: {error}"
            raise ProviderUnavailable(self.name, reason) from error

    def _answer(self, request: ProviderRequest, abandoned: threading.Event) -> Completion:
        engine = self._loaded()
        return engine.complete(
            prompt_of(request), schema_of(request), request.max_output_tokens, abandoned.is_set
        )

    def _loaded(self) -> Engine:
        if self._engine is None:
            self._engine = Engine(self._context_tokens)
        return self._engine

    def _unload(self) -> None:
        self._engine = None
