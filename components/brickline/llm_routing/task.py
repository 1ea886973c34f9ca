"""A prompt with a version, an output model and limits."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from brickline.llm_routing.bounds import unbounded_parts
from brickline.llm_routing.errors import InvalidTask
from brickline.llm_routing.models.capability import Capability
from brickline.llm_routing.provider import JsonSchema

OutputT = TypeVar("OutputT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Task(Generic[OutputT]):
    """Something a model is asked to do with a text, defined once and used by name.

    Raises `InvalidTask` if a limit makes no sense, or if `output` has a string or a collection without an
    upper bound: held to an unbounded schema, a model runs on until its tokens are spent and its JSON cut off.
    """

    name: str
    version: int
    """Counts up whenever `instructions` or `output` changes meaning."""
    instructions: str
    """The prompt; the document's text is handed over apart from it."""
    output: type[OutputT]
    max_output_tokens: int
    quality_floor: float = 0.0
    """The least quality, from 0 to 1, that a model must have for the task to be asked at all."""
    needs: frozenset[Capability] = frozenset()
    """What a model must be able to do."""
    semantic: bool = False
    """Its texts are short questions, so that the answer to one may be right for another that says the same.
    Not for documents: two that differ in one figure are nearly the same."""
    schema: JsonSchema = field(init=False, repr=False, compare=False)
    """The JSON Schema of `output`."""

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.instructions.strip():
            raise InvalidTask(f"task '{self.name}' needs both a name and instructions")
        if self.version < 1 or self.max_output_tokens < 1:
            raise InvalidTask(f"task '{self.name}': version and max_output_tokens start at 1")
        if not 0 <= self.quality_floor <= 1:
            raise InvalidTask(f"task '{self.name}': quality_floor is from 0 to 1, not {self.quality_floor}")
        schema = self.output.model_json_schema()
        unbounded = unbounded_parts(schema)
        if unbounded:
            raise InvalidTask(
                f"task '{self.name}': {self.output.__name__} has no upper bound at {', '.join(unbounded)}; "
                "give strings and collections a max_length"
            )
        object.__setattr__(self, "schema", schema)
