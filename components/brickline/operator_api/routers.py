"""All that operators can do."""

from collections.abc import Mapping

from fastapi import APIRouter

from brickline.operator_api.dead_letters import dead_letters_router
from brickline.operator_api.groups import groups_router
from brickline.persistence import Database


def operator_routers(databases: Mapping[str, Database]) -> list[APIRouter]:
    """Return the routes over the services whose databases are given by name."""
    return [dead_letters_router(databases), groups_router(databases)]
