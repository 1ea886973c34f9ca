"""What not every model can do, and some tasks need."""

from enum import StrEnum


class Capability(StrEnum):
    """A thing that a task may need of its model."""

    INSTRUCTIONS = "instructions"
    """Does what the task's instructions say, for whatever output model."""
    JSON_SCHEMA = "json_schema"
    """Is held to the output's schema while it writes, and not only asked to keep to it."""
