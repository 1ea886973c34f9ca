"""What can go wrong with an embedded server; every message names the directory and says what to do."""

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot serve."""


class DataDirectoryError(EmbeddedError):
    """Raised when the directory cannot hold the server's data."""

    def __init__(self, directory: Path, problem: str, remedy: str) -> None:
        super().__init__(f"The data directory {directory} cannot be used: {problem}. {remedy}")
        self.directory = directory


class DataDirectoryInUseError(EmbeddedError):
    """Raised when another process already serves from the directory."""

    def __init__(self, directory: Path, pid: int | None) -> None:
        holder = "another process" if pid is None else f"the process {pid}"
        super().__init__(
            f"The data directory {directory} is in use by {holder}. "
            "Stop that process, or choose another data directory."
        )
        self.directory = directory
        self.pid = pid


class ServerError(EmbeddedError):
    """Raised when PostgreSQL itself fails to initialise, start or answer; carries its own last words."""


class WheelMissingError(EmbeddedError):
    """Raised when no PostgreSQL is installed with the package on this platform."""
