"""AMQP properties as other clients write them, which need not make sense.

The library decodes every property of a delivery before anybody sees it. One that it cannot decode (a
timestamp in microseconds is enough, or a string that is no UTF-8) makes it close the connection; the broker
delivers the message again on the next one, and so on, for every group of the process. Only headers are read
here, and those cost what they say, never the message.
"""

from pamqp.base import BasicProperties
from pamqp.commands import Basic


def read_forgivingly() -> None:
    """Have undecodable properties taken for missing ones, by all clients of the library in this process."""
    if Basic.Properties.unmarshal is not _forgiving:
        setattr(Basic.Properties, "unmarshal", _forgiving)  # noqa: B010  # a method may not be assigned to, says mypy


def _forgiving(self: Basic.Properties, flags: int, data: bytes) -> None:
    try:
        BasicProperties.unmarshal(self, flags, data)
    except Exception:  # whatever a stranger's bytes make the decoder raise
        for name in self.attributes():
            setattr(self, name, None)
