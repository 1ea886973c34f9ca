"""What turns a text into a vector."""

from typing import Protocol


class Embedder(Protocol):
    """Anything that gives unit vectors whose dot product says how alike two texts are, 1 at most."""

    @property
    def dimensions(self) -> int:
        """The length of every vector."""
        ...

    async def embed(self, text: str) -> list[float]:
        """Return the unit vector of a text of up to 4,000 characters with a word in it.

        Raises `TextUnfit` for any other, and `EmbedderNotInstalled`.
        """
        ...
