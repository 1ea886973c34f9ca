"""A task's request, as the client makes it."""

from typing import Annotated

from pydantic import BaseModel, Field

from brickline.llm_routing import Correction, ProviderRequest, Task

Theme = Annotated[str, Field(max_length=40)]


class Place(BaseModel):
    name: str = Field(max_length=40)
    population: int = Field(ge=0, le=10)


class Report(BaseModel):
    """Has something of everything that a schema may hold."""

    summary: str = Field(max_length=50, description="What it says")
    themes: tuple[Theme, ...] = Field(min_length=1, max_length=2)
    place: Place | None = None
    kind: str = Field(default="memo", max_length=10)


TEXT = "The harbour board met on Tuesday and closed the north quay."


def asked(
    output: type[BaseModel] = Report,
    *,
    text: str = TEXT,
    timeout_s: float = 20,
    corrections: tuple[Correction, ...] = (),
    name: str = "report",
) -> ProviderRequest:
    task = Task(name, 1, "Report on the text.", output, max_output_tokens=200)
    return ProviderRequest(
        task.name, task.instructions, text, task.schema, task.max_output_tokens, timeout_s, corrections
    )
