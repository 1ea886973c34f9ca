"""What the command reads from its environment, its options, and its data directory."""

import secrets
from pathlib import Path

from pydantic import Field

from brickline.settings import (
    ApiKeys,
    HttpSettings,
    LogSettings,
    ModelsSettings,
    ReleaseSettings,
    SettingsError,
    load_settings,
)

KEY_FILE = "api-key"
_TENANT = "default"


class StandaloneSettings(HttpSettings, ModelsSettings, ReleaseSettings, LogSettings):
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
    """Return settings that hold an API key: as set, else the data directory's own, generated once.

    Raises `SettingsError` when that file cannot be kept, or holds what is no key.
    """
    if settings.api_keys:
        return settings
    file = data_dir / KEY_FILE
    try:
        keys = ApiKeys({_own_key(file): _TENANT})
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The API key in {file} cannot be used: {error}. "
            "Remove the file and a new key is made, or set BRICKLINE_API_KEYS."
        ) from error
    return settings.model_copy(update={"api_keys": keys})


def _own_key(file: Path) -> str:
    if file.exists() and (kept := file.read_text("ascii").strip()):
        return kept
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(secrets.token_urlsafe(24) + "\n")
    unfinished.replace(file)  # whole or not at all, even if killed in between
    return file.read_text().strip()
