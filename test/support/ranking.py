"""What tests of rankings have in common."""

from datetime import UTC, datetime

from pydantic import BaseModel


class Number(BaseModel):
    """What their tasks produce."""

    number: int


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
