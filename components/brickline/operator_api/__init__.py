"""The HTTP interface for operators, who hold keys of their own: dead letters, and groups that are paused."""

from brickline.operator_api.dead_letters import dead_letters_router
from brickline.operator_api.groups import groups_router
from brickline.operator_api.routers import operator_routers

__all__ = ["dead_letters_router", "groups_router", "operator_routers"]
