"""What the command reads from its environment, its options, and its data directory."""

import secrets
from pathlib import Path

from pydantic import Field

from brickline.settings import ApiKeys, HttpSettings, LogSettings, load_settings

_KEY_FILE = "api-key"
_TENANT = "default"


class StandaloneSettings(HttpSettings, LogSettings):
    """As for a service, but nothing is required: without API keys one is generated."""

    api_keys: ApiKeys = Field(
        default=ApiKeys({}),
        description="tenant:key[,tenant:key...], keys of at least 16 characters",
        examples=["default:change-me-to-a-long-secret"],
    )


def load(port: int | None) -> StandaloneSettings:
    """Read the environment; a given `port` wins. Raises `SettingsError`."""
    settings = load_settings(StandaloneSettings)
    return settings if port is None else settings.model_copy(update={"port": port})


def with_keys(settings: StandaloneSettings, data_dir: Path) -> StandaloneSettings:
    """Return settings that hold an API key: as set, else the data directory's own, generated once."""
    if settings.api_keys:
        return settings
    return settings.model_copy(update={"api_keys": ApiKeys({_own_key(data_dir): _TENANT})})


def _own_key(data_dir: Path) -> str:
    file = data_dir / _KEY_FILE
    if not file.exists():
        unfinished = data_dir / f"{_KEY_FILE}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(24) + "\n")
        unfinished.replace(file)  # whole or not at all, even if killed in between
    return file.read_text().strip()
