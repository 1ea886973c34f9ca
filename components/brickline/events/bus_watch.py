"""Telling a bus that is away from a message that could not be sent."""

from brickline.events.bus import Bus
from brickline.telemetry import get_logger

_log = get_logger(__name__)


class BusWatch:
    """Asks the bus only after a publication failed; while it is away, a claim would only put rows off."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._in_doubt = False
        self.lost: str | None = None
        """None, or why the bus cannot be used."""

    def doubt(self) -> None:
        """A publication failed for the bus."""
        self._in_doubt = True

    async def is_there(self) -> bool:
        """Tell whether to publish; asks the bus, which reconnects by that, if there is a doubt."""
        if not self._in_doubt:
            return True
        before, self.lost = self.lost, await self._bus.check()
        self._in_doubt = self.lost is not None
        if self.lost and not before:
            _log.warning("relay.interrupted", reason=self.lost)
        elif before and not self.lost:
            _log.warning("relay.resumed")
        return not self._in_doubt
