"""What can answer a task: adapters that satisfy `llm_routing.Provider`, and `Providers`, which makes them.

Importing this brick is cheap: an adapter imports its library on first use, or when told to `warm_up`.
"""

from brickline.llm_providers.anthropic_messages import AnthropicProvider
from brickline.llm_providers.compatible_chat import CompatibleProvider
from brickline.llm_providers.errors import UnusableModel
from brickline.llm_providers.extractive.provider import ExtractiveProvider
from brickline.llm_providers.gemini import GoogleProvider
from brickline.llm_providers.openai_chat import OpenAIProvider
from brickline.llm_providers.providers import Providers
from brickline.llm_providers.smollm2.provider import SmolLM2Provider

__all__ = [
    "AnthropicProvider",
    "CompatibleProvider",
    "ExtractiveProvider",
    "GoogleProvider",
    "OpenAIProvider",
    "Providers",
    "SmolLM2Provider",
    "UnusableModel",
]
