"""What is asked of jsoncompat. Standard library only: its environment imports this."""

from dataclasses import dataclass

from benchmarks.program import Work


@dataclass(frozen=True, slots=True)
class Pairs(Work):
    """Where the pairs are: a JSON array of [old, new], each a schema's text."""

    file: str
