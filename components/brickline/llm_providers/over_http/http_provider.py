"""What every adapter over HTTP is, apart from what it says to its server."""

import asyncio
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from brickline.llm_providers.over_http.exchange import exchange
from brickline.llm_providers.over_http.output_forms import OutputForm, OutputForms
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import LLMError, ProviderRequest, ProviderResponse

ClientT = TypeVar("ClientT")


class HttpProvider(ABC, Generic[ClientT]):
    """A `Provider` that asks a vendor's server by a client, which it opens on first use."""

    name: str

    def __init__(self, vendor: Vendor, *forms: OutputForm) -> None:
        self.model = vendor.model
        self._vendor = vendor
        self._forms = OutputForms(*forms)
        self._client: ClientT | None = None
        self._opening = asyncio.Lock()

    @abstractmethod
    def _open(self) -> ClientT:
        """Import the library and make its client; called in a thread, since some take seconds."""

    @abstractmethod
    async def _close(self, client: ClientT) -> None:
        """Close the client's connections."""

    @abstractmethod
    async def _ask(self, client: ClientT, request: ProviderRequest, form: OutputForm) -> ProviderResponse:
        """Send the request once; whatever it raises is told in the client's terms by `exchange`."""

    async def warm_up(self) -> None:
        """Load the library, so that the first call doesn't wait for it."""
        await self._opened()

    async def aclose(self) -> None:
        """Close the connections."""
        async with self._opening:
            client, self._client = self._client, None
            if client is not None:
                await self._close(client)

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        """Answer in one attempt; raises `ProviderUnavailable` or `ProviderRefused`."""
        client = await self._opened()
        return await exchange(
            self._vendor, request, self._forms, lambda form: self._ask(client, request, form)
        )

    async def _opened(self) -> ClientT:
        if self._client is not None:
            return self._client
        async with self._opening:
            if self._client is not None:
                return self._client
            try:
                self._client = await asyncio.to_thread(self._open)
                return self._client
            except Exception as error:
                failure: LLMError = self._vendor.unavailable(
                    f"its client cannot be opened: {type(error).__name__}: {error}"
                )
            raise failure from None  # the cause may hold the key
