"""LiteLLM's `Router.acompletion` with its own mock answer. Runs in the peer's environment."""

# Installed apart from the project's environment, so the type checker knows nothing of the library.
# mypy: disable-error-code="import-not-found"

import asyncio
import os

# Before it is imported: its bundled price list instead of a download, and no search for a .env file.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"

import litellm
from litellm import Router

from benchmarks.llm.calls import ANSWER, INSTRUCTIONS, MAX_OUTPUT_TOKENS, Calls, timed
from benchmarks.program import answer

_GROUP = "small"
_STRATEGY = "simple-shuffle"


async def _run(calls: Calls) -> None:
    litellm.suppress_debug_info = True
    router = Router(
        model_list=[_deployment(number) for number in range(calls.models)],
        routing_strategy=_STRATEGY,
        num_retries=0,
        set_verbose=False,
    )

    async def ask(text: str) -> str:
        messages = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}]
        response = await router.acompletion(model=_GROUP, messages=messages, max_tokens=MAX_OUTPUT_TOKENS)
        return str(response.choices[0].message.content)

    taken = await timed(ask, calls)
    answer(
        counted=calls.each,
        seconds=taken.at_once,
        marks=taken.one_by_one,
        settings={
            "call": "Router.acompletion, mock_response",
            "deployments": calls.models,
            "routing_strategy": f"{_STRATEGY}, the one it recommends for production",
            "retries": 0,
            "verbose": "off",
            "callbacks": "none of ours",
            "account": "none",
            "answer": "taken as text",
        },
        packages=("litellm", "openai", "pydantic"),
    )


def _deployment(number: int) -> dict[str, object]:
    return {
        "model_name": _GROUP,
        "litellm_params": {
            "model": "openai/gpt-4o-mini",
            "api_key": f"no-key-{number}",
            "mock_response": ANSWER,
        },
    }


if __name__ == "__main__":
    asyncio.run(_run(Calls.from_arguments()))
