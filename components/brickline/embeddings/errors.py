"""What can go wrong between a text and its match."""


class EmbeddingsError(Exception):
    """The root of every error of this brick; without a semantic match, ask the model."""


class EmbedderNotInstalled(EmbeddingsError):
    """Raised on the first text when the embedder's package, or its weights, are not installed."""


class EmbedderFailed(EmbeddingsError):
    """Raised when an embedder gives no unit vector of the dimensions it promised."""


class TextUnfit(EmbeddingsError):
    """Raised for a text that has no vector worth comparing: too long, without a word, or no valid text."""
