"""Documents to send."""

NOTE = """# Ferry timetable review

The harbour ferry carried 41,200 passengers in spring, nine per cent more than a year before. The ferry
timetable still ends at eight in the evening. Harbour workers on the late shift ask for a late ferry at ten.
A late ferry would cost 380 a night in crew and fuel. The board recommends a trial of the late ferry on
weekdays from June, paid from the parking surplus.
"""


def note(number: int) -> str:
    """One of many short documents, no two alike."""
    return (
        f"Inspection report {number}\n\nThe bridge inspection {number} found rust on bearing {number}. " * 2
    )


def long_text(size: int) -> str:
    """A text of exactly `size` bytes, in paragraphs."""
    paragraph = NOTE.replace("# ", "") + "\n"
    return (paragraph * (size // len(paragraph) + 1))[:size]
