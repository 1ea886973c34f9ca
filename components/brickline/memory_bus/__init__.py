"""The in-process `Bus`: every service in one process, nothing to install, and still nothing lost.

It holds no message of its own. `publish` returns when every group has settled the event; until then the row
stays in the publisher's outbox, so a crash at any moment loses nothing.
"""

from brickline.memory_bus.bus import MemoryBus

__all__ = ["MemoryBus"]
