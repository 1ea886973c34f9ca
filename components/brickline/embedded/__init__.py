"""A real PostgreSQL from a wheel: nothing to install, nothing listening on the network.

`EmbeddedPostgres` starts a server on a directory of its own and stops it again; whatever went wrong with
that directory or that server is an `EmbeddedError` whose sentence names it and says what to do.
"""

from brickline.embedded.errors import (
    DataDirectoryError,
    DataDirectoryInUseError,
    EmbeddedError,
    ServerError,
    WheelMissingError,
)
from brickline.embedded.postgres import EmbeddedPostgres
from brickline.embedded.running import dsn_of_running, holds_data

__all__ = [
    "DataDirectoryError",
    "DataDirectoryInUseError",
    "EmbeddedError",
    "EmbeddedPostgres",
    "ServerError",
    "WheelMissingError",
    "dsn_of_running",
    "holds_data",
]
