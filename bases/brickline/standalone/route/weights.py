"""Weights as operators write them."""

from brickline.llm_routing import InvalidCatalogue, Weights
from brickline.standalone.wrong_option import WrongOption

_NAMES = ("cost", "latency", "quality")
_HOW = "Write all three, such as cost=1,latency=0,quality=0.5."


def read_weights(text: str) -> Weights:
    """Read `cost=1,latency=0,quality=0.5`. Raises `WrongOption`."""
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
    if missing := [name for name in _NAMES if name not in found]:
        raise WrongOption(f"--weights: {' and '.join(missing)} is missing. {_HOW}")
    try:
        return Weights(**found)
    except InvalidCatalogue as error:
        raise WrongOption(f"--weights: {error}. {_HOW}") from error
