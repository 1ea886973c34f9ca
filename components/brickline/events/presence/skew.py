"""Where a version that is written is not read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from brickline.events.presence.announcement import Announcement
from brickline.events.presence.versions import in_words


@dataclass(frozen=True, slots=True, order=True)
class Skew:
    """A release of a service that is written to and has not announced to read it, in one deployment."""

    topic: str
    version: int
    """The newest, which the writer writes."""
    reader: str
    """The service."""
    release: str
    """The reader's."""
    reads: tuple[int, ...]
    """The versions that it reads."""
    writer: str
    writer_release: str
    deployment: str

    @property
    def says(self) -> str:
        """What is wrong and what to do, in one sentence."""
        return (
            f"{self.reader} (release {self.release}) reads version {in_words(self.reads)} of "
            f"{self.topic}, and {self.writer} (release {self.writer_release}) writes version {self.version}: "
            f"deploy a release of {self.reader} that reads it"
        )


def skews(announcements: Sequence[Announcement]) -> tuple[Skew, ...]:
    """Return every skew among processes that are live, each once however many processes show it."""
    return skews_of(announcements, announcements)


def skews_of(writers: Iterable[Announcement], readers: Sequence[Announcement]) -> tuple[Skew, ...]:
    """Return the skews of these writers, sorted."""
    found = {skew for writer in writers for reader in readers for skew in _between(writer, reader)}
    return tuple(sorted(found))


def _between(writer: Announcement, reader: Announcement) -> Iterable[Skew]:
    if writer.deployment != reader.deployment:
        return
    for written in writer.writes:
        newest = max(written.versions)
        for read in reader.reads:
            if read.topic == written.topic and newest not in read.versions:
                yield Skew(
                    topic=read.topic,
                    version=newest,
                    reader=reader.service,
                    release=reader.release,
                    reads=read.versions,
                    writer=writer.service,
                    writer_release=writer.release,
                    deployment=writer.deployment,
                )
