"""The files and environment that keep a private RabbitMQ node apart from any other on the machine."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from brickline_dev.ports import LOOPBACK

NODE_NAME = "brickline@localhost"

_CONFIGURATION = f"""\
listeners.tcp.1 = {LOOPBACK}:{{amqp}}
vm_memory_high_watermark.absolute = 512MiB
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 67108864
log.console = false
"""

# Debian's wrapper in the PATH hands over to the account `rabbitmq`, which may not enter our directory.
_UNWRAPPED = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


@dataclass(frozen=True, slots=True)
class Ports:
    """The node's three listeners, all of them on the loopback interface."""

    amqp: int
    distribution: int
    epmd: int


def find_server() -> Path | None:
    """Return RabbitMQ's own start script, None where it is not installed."""
    if _UNWRAPPED.exists():
        return _UNWRAPPED
    found = shutil.which("rabbitmq-server")
    return Path(found) if found and shutil.which("epmd") else None


def write_files(directory: Path, ports: Ports) -> None:
    """Write the node's configuration into `directory`, which is made if missing."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "rabbitmq.conf").write_text(_CONFIGURATION.format(amqp=ports.amqp))
    (directory / "enabled_plugins").write_text("[].\n")


def environment(directory: Path, ports: Ports) -> dict[str, str]:
    """Return all the node may see: nothing of the machine's own RabbitMQ or Erlang settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(directory),  # where Erlang keeps the cookie
        "ERL_EPMD_PORT": str(ports.epmd),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_AFLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_CRASH_DUMP_SECONDS": "0",
        "RABBITMQ_NODENAME": NODE_NAME,
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_CONF_ENV_FILE": str(directory / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(directory / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(directory / "generated"),
        "RABBITMQ_MNESIA_BASE": str(directory / "data"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_LOGS": str(directory / "rabbitmq.log"),
        # The start script becomes the server instead of waiting beside it, so that its pid is the server's.
        "RABBITMQ_ALLOW_INPUT": "1",
        # One scheduler that sleeps when idle: the node shares the machine with the tests.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
    }
