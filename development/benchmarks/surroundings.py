"""Where something was measured, and how the contestants were set."""

import os
import platform
from collections.abc import Iterable, Mapping

import asyncpg
from pydantic import BaseModel, ConfigDict
from rich.console import Console

from benchmarks.environments import installed

_POSTGRES_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


class Surroundings(BaseModel):
    """The machine, the servers, and what is installed for the peers."""

    model_config = ConfigDict(frozen=True)

    python: str
    system: str
    cpus: int
    load_average: tuple[float, float, float]
    """Of the last 1, 5 and 15 minutes, at the end of the run."""
    servers: dict[str, dict[str, str]]
    environments: dict[str, list[str]]


class Setting(BaseModel):
    """One contestant: its versions, and how it was set."""

    model_config = ConfigDict(frozen=True)

    name: str
    settings: dict[str, str | int | float]
    versions: dict[str, str]


def surroundings(servers: Mapping[str, Mapping[str, str]], peers: Iterable[str | None]) -> Surroundings:
    """Describe this machine as it is now; None among the peers is ourselves."""
    return Surroundings(
        python=platform.python_version(),
        system=platform.platform(),
        cpus=os.cpu_count() or 0,
        load_average=os.getloadavg(),
        servers={name: dict(said) for name, said in servers.items()},
        environments={peer: installed(peer) for peer in sorted({peer for peer in peers if peer})},
    )


async def postgres_settings(database_url: str) -> dict[str, str]:
    """Ask a server for what decides how fast, and how safe, it is."""
    connection = await asyncpg.connect(database_url)
    try:
        return {name: await connection.fetchval(f"show {name}") for name in _POSTGRES_SETTINGS}
    finally:
        await connection.close()


def show_surroundings(contestants: Iterable[Setting], where: Surroundings) -> None:
    """Print what was measured, with what, and where."""
    console = Console(highlight=False)
    for each in contestants:
        settings = "; ".join(f"{name}: {value}" for name, value in each.settings.items())
        console.print(f"{each.name} ({_list(each.versions)})\n  {settings}")
    load = ", ".join(f"{load:.2f}" for load in where.load_average)
    console.print(f"Python {where.python} on {where.cpus} CPUs, {where.system}; load average {load}")
    for server, said in where.servers.items():
        console.print(f"{server}: {_list(said)}")


def _list(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
