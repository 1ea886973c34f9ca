"""What can go wrong while settings are read."""


class SettingsError(Exception):
    """Raised when the environment does not hold valid settings.

    The text is complete: one line per variable, what it wants, an example. Entry points print it and exit.
    """
