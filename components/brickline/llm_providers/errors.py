"""What can go wrong before a provider is asked; what goes wrong after that are `llm_routing`'s errors."""


class UnusableModel(Exception):
    """Raised when a provider is wanted for a model that cannot be used here; it says what is missing."""
