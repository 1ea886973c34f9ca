"""Whether a text has anything to read in it."""


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: white space, zero-width and control characters at most."""
    return not any(character.isprintable() and not character.isspace() for character in text)
