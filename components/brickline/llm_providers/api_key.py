"""Where the keys of vendors come from."""

from collections.abc import Mapping

from pydantic import SecretStr

from brickline.llm_routing import Model, ProviderKind

_USUAL = {
    ProviderKind.OPENAI: "OPENAI_API_KEY",
    ProviderKind.ANTHROPIC: "ANTHROPIC_API_KEY",
    ProviderKind.GOOGLE: "GEMINI_API_KEY",
}


def key_name(model: Model) -> str | None:
    """The variable that holds the key of `model`; None if it needs none."""
    return model.api_key_env or _USUAL.get(model.provider)


def read_key(name: str, environment: Mapping[str, str]) -> SecretStr | None:
    """The key in the variable `name`, without the line break that files of secrets end in; None if unset."""
    value = environment.get(name, "").strip()
    return SecretStr(value) if value else None


def key_problem(name: str, environment: Mapping[str, str]) -> str | None:
    """Why the key cannot be used. Its value is never part of the answer."""
    key = read_key(name, environment)
    if key is None:
        return f"the key {name} is not set"
    value = key.get_secret_value()
    if not value.isascii() or not value.isprintable() or " " in value:
        return f"the key {name} holds characters that no key has: set it again"
    return None
