"""Strings: lengths are compared, patterns and formats must be equal or not asked for."""

from brickline.contracts.nodes import Node, checks_of

_READ_TOO = {("date", "date-time")}
"""Formats that a lax reader of the second takes as well."""

_LENGTHENING = frozenset({"to_lower=True", "to_upper=True"})
"""What is done to a text after its length was looked at: of `ß` it makes `SS`."""

_LENGTHS = {"uuid": 36, "date": 10}


def strings_fit(writer: Node, reader: Node) -> bool:
    """Whether the reader takes every string of the writer. False may also mean that it cannot be told."""
    if not _formats_fit(writer, reader) or not _alteration_fits(writer, reader):
        return False
    if "pattern" in reader and reader["pattern"] != writer.get("pattern"):
        return False
    exact = _LENGTHS.get(writer.get("format", ""))
    least, most = writer.get("minLength", exact or 0), writer.get("maxLength", exact)
    if least < reader.get("minLength", 0):
        return False
    return "maxLength" not in reader or (most is not None and most <= reader["maxLength"])


def _alteration_fits(writer: Node, reader: Node) -> bool:
    """Whether what the writer does to its texts leaves them such that the reader takes them.

    Of a field that stays as it is that is taken for granted: a text that its own model writes and refuses is
    an accident, not a change.
    """
    altered = checks_of(writer) & _LENGTHENING
    if not altered or not {"maxLength", "pattern"} & reader.keys():
        return True
    alike = all(writer.get(word) == reader.get(word) for word in ("minLength", "maxLength", "pattern"))
    return alike and altered <= checks_of(reader)


def _formats_fit(writer: Node, reader: Node) -> bool:
    wanted, given = reader.get("format"), writer.get("format")
    if wanted is None or wanted == given:
        return True
    if wanted == "binary":
        return given is None or given in ("uuid", "date", "date-time", "time", "duration")
    return (given, wanted) in _READ_TOO and not reader.get("x-strict")
