"""Makes the provider for an entry of the models file."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from brickline.llm_providers.anthropic_messages import AnthropicProvider
from brickline.llm_providers.api_key import key_name, key_problem, read_key
from brickline.llm_providers.compatible_chat import CompatibleProvider
from brickline.llm_providers.errors import UnusableModel
from brickline.llm_providers.extractive.provider import ExtractiveProvider
from brickline.llm_providers.gemini import GoogleProvider
from brickline.llm_providers.openai_chat import OpenAIProvider
from brickline.llm_providers.packages import package_problem
from brickline.llm_providers.smollm2.provider import SmolLM2Provider
from brickline.llm_routing import Model, Provider, ProviderKind

_BY_SDK: dict[ProviderKind, type[OpenAIProvider | AnthropicProvider | GoogleProvider]] = {
    ProviderKind.OPENAI: OpenAIProvider,
    ProviderKind.ANTHROPIC: AnthropicProvider,
    ProviderKind.GOOGLE: GoogleProvider,
}


class Providers:
    """A `ProviderFactory` of every adapter here, with the keys of `environment` (that of the process)."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def problem(self, model: Model) -> str | None:
        """Why `model` cannot be used here, and what to do; None if it can. Imports nothing."""
        name = key_name(model)
        return (
            package_problem(model.provider)
            or _url_problem(model)
            or (key_problem(name, self._environment) if name else None)
        )

    def create(self, model: Model) -> Provider:
        """The provider for `model`; raises `UnusableModel` where `problem` has something to say."""
        if problem := self.problem(model):
            raise UnusableModel(f"model '{model.name}' cannot be used: {problem}")
        if model.provider is ProviderKind.EXTRACTIVE:
            return ExtractiveProvider()
        if model.provider is ProviderKind.SMOLLM2:
            return SmolLM2Provider(context_tokens=model.context_tokens)
        name = key_name(model)
        key = read_key(name, self._environment) if name else None
        if model.provider is ProviderKind.OPENAI_COMPATIBLE:
            return CompatibleProvider(model.model, model.base_url or "", key, key_name=name or "api_key_env")
        by_sdk = _BY_SDK[model.provider]
        return by_sdk(model.model, key or SecretStr(""), base_url=model.base_url, key_name=name or "")


def _url_problem(model: Model) -> str | None:
    if model.base_url is None:
        needs_one = model.provider is ProviderKind.OPENAI_COMPATIBLE
        return (
            'it has no base_url: give the server\'s, such as "http://127.0.0.1:11434/v1"'
            if needs_one
            else None
        )
    try:
        url = urlsplit(model.base_url)
        has_host = bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        return "base_url is no URL"
    if url.scheme not in ("http", "https") or not has_host:
        return 'base_url is no URL of a server: it starts with "http://" or "https://" and a host'
    if url.username or url.password:
        return "base_url holds a user name or password, which would be logged: use api_key_env"
    return None
