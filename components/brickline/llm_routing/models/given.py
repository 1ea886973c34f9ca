"""Models and providers that are there from the start, and stay."""

from collections.abc import Mapping

from brickline.llm_routing.models.catalogue import Catalogue
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.provider import Provider


class GivenCatalogue:
    """A catalogue that never changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def current(self) -> Catalogue:
        """Return it."""
        return self._catalogue


class GivenProviders:
    """Providers that somebody else has made, each usable for its model."""

    def __init__(self, providers: Mapping[Model, Provider]) -> None:
        self._providers = providers

    def problem(self, model: Model) -> str | None:
        """There is none."""
        return None

    def create(self, model: Model) -> Provider:
        """Return the one that was given."""
        return self._providers[model]
