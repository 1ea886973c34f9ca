"""Services where they run, and what of them writes or reads a topic."""

from dataclasses import dataclass

from brickline.events import Service


@dataclass(frozen=True)
class Deployed:
    """One service, and the projects that run it."""

    service: Service
    projects: tuple[str, ...]
    """Names of folders below `projects/`, sorted."""

    def __str__(self) -> str:
        return f"{self.service.name} ({', '.join(self.projects) or 'in no project'})"


@dataclass(frozen=True)
class Party:
    """Who reads or writes a topic."""

    service: str
    tier: int
    group_id: str | None
    """None: the service itself, outside of any consumer, or by whichever of its groups."""
    projects: tuple[str, ...]
    """Those that run the service, sorted."""

    def __str__(self) -> str:
        who = f"group {self.group_id} of {self.service}" if self.group_id else f"service {self.service}"
        return f"{who} ({', '.join(self.projects) or 'in no project'})"
