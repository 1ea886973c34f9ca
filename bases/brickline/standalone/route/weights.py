"""Weights as operators write them."""

from brickline.llm_routing import InvalidCatalogue, Weights
from brickline.standalone.wrong_option import WrongOption

_NAMES = ("cost", "latency", "quality")
_HOW = "Write them as cost=1,latency=0,quality=0.5; one that is left out counts 0."


def read_weights(text: str) -> Weights:
    """Read `cost=1,quality=0.5`; as in the models file, what is left out counts 0. Raises `WrongOption`."""
    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (each.strip() for each in part.partition("="))
        if not equals or name not in _NAMES:
            raise WrongOption(f"--weights: {part.strip()!r} is no weight. {_HOW}")
        if name in found:
            raise WrongOption(f"--weights: {name} is given twice. {_HOW}")
        try:
            found[name] = float(number)
        except ValueError as error:
            raise WrongOption(f"--weights: {name} is {number!r}, which is no number. {_HOW}") from error
    try:
        return Weights(**{**dict.fromkeys(_NAMES, 0.0), **found})
    except InvalidCatalogue as error:
        raise WrongOption(f"--weights: {error}. {_HOW}") from error
