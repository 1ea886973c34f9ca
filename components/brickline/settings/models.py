"""Which language models there are."""

from pathlib import Path

from pydantic import Field

from brickline.settings.base import Settings


class ModelsSettings(Settings):
    """The models of a service."""

    models_file: Path | None = Field(
        default=None,
        description="a TOML file of models; without one, texts are summarised offline by extraction",
        examples=["models.toml"],
    )
