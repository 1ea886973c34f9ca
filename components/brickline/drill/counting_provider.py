"""Counting what would be paid for."""

from hashlib import blake2b

from brickline.llm_routing import Provider, ProviderRequest, ProviderResponse


class CountingProvider:
    """A provider in front of another: counts the calls, and those with a text that was sent before."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._texts: set[bytes] = set()
        self.calls = 0

    @property
    def name(self) -> str:
        """The other's name."""
        return self._provider.name

    @property
    def model(self) -> str:
        """The other's model."""
        return self._provider.model

    @property
    def repeated(self) -> int:
        """How many calls were made a second time."""
        return self.calls - len(self._texts)

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        """Count the call, whatever comes of it, and pass it on."""
        self.calls += 1
        self._texts.add(blake2b(request.text.encode(), digest_size=12).digest())
        return await self._provider.complete(request)
