"""What keeps a chaos run from telling anything."""


class ChaosError(Exception):
    """The run could not be made, or could not be evaluated; the message says why."""
