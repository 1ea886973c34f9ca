"""Every adapter over HTTP with a server of its vendor to talk to."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import SecretStr

from brickline.llm_providers import AnthropicProvider, CompatibleProvider, GoogleProvider, OpenAIProvider
from support.vendors.anthropic import AnthropicServer
from support.vendors.compatible import CompatibleServer
from support.vendors.google import GoogleServer
from support.vendors.openai import OpenAIServer
from support.vendors.server import KEY

HttpAdapter: TypeAlias = OpenAIProvider | AnthropicProvider | GoogleProvider | CompatibleProvider
Server: TypeAlias = OpenAIServer | AnthropicServer | GoogleServer | CompatibleServer


def openai(url: str, key: str = KEY) -> OpenAIProvider:
    return OpenAIProvider("small", SecretStr(key), base_url=url)


def anthropic(url: str, key: str = KEY) -> AnthropicProvider:
    return AnthropicProvider("small", SecretStr(key), base_url=url)


def google(url: str, key: str = KEY) -> GoogleProvider:
    return GoogleProvider("small", SecretStr(key), base_url=url)


def compatible(url: str, key: str = KEY) -> CompatibleProvider:
    return CompatibleProvider("small", url, SecretStr(key), key_name="SMALL_KEY")


@dataclass(frozen=True)
class Vendor:
    """A vendor's server and the adapter that talks to it."""

    server: Callable[[], Server]
    adapter: Callable[..., HttpAdapter]


VENDORS = {
    "openai": Vendor(OpenAIServer, openai),
    "anthropic": Vendor(AnthropicServer, anthropic),
    "google": Vendor(GoogleServer, google),
    "openai_compatible": Vendor(CompatibleServer, compatible),
}


@asynccontextmanager
async def talking(
    server: Server, adapter: Callable[..., HttpAdapter], key: str = KEY
) -> AsyncIterator[HttpAdapter]:
    """An adapter whose server listens; both are closed in the end."""
    async with server.listening():
        provider = adapter(server.base_url, key)
        try:
            yield provider
        finally:
            await provider.aclose()
