"""The HTTP interface for operators, who hold keys of their own: dead letters read, replayed, discarded."""

from brickline.operator_api.dead_letters import dead_letters_router

__all__ = ["dead_letters_router"]
