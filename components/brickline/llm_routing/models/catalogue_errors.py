"""What can be wrong with the models that a service is given."""

from collections.abc import Sequence
from pathlib import Path

from brickline.llm_routing.errors import LLMError


class InvalidCatalogue(LLMError):
    """Raised where a model or a way of routing is defined that could not be used, or not be charged for."""


class ModelsFileError(LLMError):
    """Raised for a models file that cannot be used; `problems` are all there are, each with its line."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the models file {path} cannot be used (BRICKLINE_MODELS_FILE):{lines}")
        self.path = path
        self.problems = tuple(problems)
