"""What an operator's command was given, and cannot mean anything."""

from brickline.settings import SettingsError


class WrongOption(SettingsError):
    """Raised for an option that no command could act on; the text says what to write instead."""
