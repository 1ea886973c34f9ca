"""Saying that what a service writes is not read: once in the log, and as long as it lasts to whoever asks."""

from collections import Counter
from collections.abc import Sequence

from brickline.events.presence.announcement import Announcement
from brickline.events.presence.skew import Skew, skews_of
from brickline.events.presence.versions import in_words
from brickline.telemetry import Reading, SampledGauge, get_logger

_log = get_logger(__name__)

_MOST = 100
"""Skews that are told at once, and series: the names in them come from the bus."""
_MOST_IN_WORDS = 3

_SKEW = SampledGauge(
    "brickline_contract_skew",
    "Live processes of a reading service that have not announced to read what this service writes.",
)


class Alarm:
    """The skews of one writer, as far as it has heard."""

    def __init__(self, writer: Announcement) -> None:
        self._writer = writer
        self._topics = {written.topic for written in writer.writes}
        self._told: tuple[Skew, ...] = ()
        self._readers: Sequence[Announcement] = ()

    def update(self, live: Sequence[Announcement]) -> None:
        """Look at who is there now; log what began and what is over."""
        found = skews_of([self._writer], live)
        over = [skew for skew in self._told if skew not in found]
        lasting = [skew for skew in self._told if skew in found]
        began = [skew for skew in found if skew not in lasting][: _MOST - len(lasting)]
        self._told, self._readers = (*lasting, *began), live
        for skew in began:
            _log.error("contract.skew", reason=skew.says, **_values(skew))
        for skew in over:
            _log.info("contract.skew_over", **_values(skew))

    def reason(self) -> str | None:
        """Return None, or what is not read, in words."""
        if not self._told:
            return None
        told = "; ".join(skew.says for skew in self._told[:_MOST_IN_WORDS])
        more = len(self._told) - _MOST_IN_WORDS
        return f"{told}; and {more} more" if more > 0 else told

    def readings(self) -> list[Reading]:
        """Count the processes, 0 too, by topic and reading service."""
        counts: Counter[tuple[str, str]] = Counter()
        for reader in self._readers:
            skewed = {skew.topic for skew in skews_of([self._writer], [reader])}
            for topic in self._topics & {read.topic for read in reader.reads}:
                counts[topic, reader.service] += topic in skewed
        return [
            _SKEW.reads(count, service=self._writer.service, topic=topic, reader=reader)
            for (topic, reader), count in counts.most_common(_MOST)
        ]


def _values(skew: Skew) -> dict[str, object]:
    return {
        "topic": skew.topic,
        "version": skew.version,
        "reader": skew.reader,
        "reader_release": skew.release,
        "reads": in_words(skew.reads),
        "deployment": skew.deployment,
    }
