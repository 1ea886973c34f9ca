"""The common base of all settings."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings read from variables named `BRICKLINE_<FIELD>`; inherit, add fields, `load_settings`.

    Give each field a `description` (what it wants, as it reads after "wants") and `examples`: they are the
    text a user sees when the variable is wrong or missing. An empty variable counts as not set, because
    compose files pass on unset variables as empty ones.
    """

    model_config = SettingsConfigDict(
        env_prefix="BRICKLINE_",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # an input may be a secret
    )
