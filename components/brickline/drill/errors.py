"""Why a drill ends without a good result."""


class DrillError(Exception):
    """Root of everything this brick raises."""


class FiguresOff(DrillError):
    """Raised after a drill of which some figure was not as it must be."""
