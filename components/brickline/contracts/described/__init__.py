"""What a change is, in a line for each field that it touches."""

from brickline.contracts.described.differences import differences

__all__ = ["differences"]
