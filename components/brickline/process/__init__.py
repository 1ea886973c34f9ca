"""A service's process from outside: its settings, its logs, the signals that stop it, its exit code."""

from brickline.process.run import run_service
from brickline.process.stopping import stopped_by_signals, until

__all__ = ["run_service", "stopped_by_signals", "until"]
