"""What the code says."""

from brickline.contracts.contract import Contract
from brickline.contracts.derive.models import reader_schema, writer_schema
from brickline.schemas import Payload


def contract_of(payload: type[Payload]) -> Contract:
    """Return the contract of a payload's own version. Raises `UnrepresentableModel`."""
    return Contract(payload.topic, payload.version, writer_schema(payload), reader_schema(payload))
