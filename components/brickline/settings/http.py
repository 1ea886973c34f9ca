"""How a service is reached over HTTP."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from brickline.settings.api_keys import ApiKeys
from brickline.settings.base import Settings

# 1 MiB of UTF-8 text is up to 3 MiB as JSON: writers that keep to ASCII send six bytes for a two-byte letter.
DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024


def _split_by_commas(value: object) -> object:
    if isinstance(value, str):
        return tuple(entry.strip() for entry in value.split(",") if entry.strip())
    return value


def _check_origin(origin: str) -> str:
    if origin == "*":
        raise ValueError("* would let any web site in; name each origin")
    try:
        parts = urlsplit(origin)
        origin_only = f"{parts.scheme}://{parts.netloc}"
        _ = parts.port  # parsed on access only
    except ValueError:
        origin_only = ""
    if (
        origin != origin_only
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
    ):
        raise ValueError("must be scheme://host[:port], without a path or a slash at the end")
    return origin


CorsOrigins = Annotated[
    tuple[Annotated[str, AfterValidator(_check_origin)], ...], BeforeValidator(_split_by_commas), NoDecode
]


class ListenSettings(Settings):
    """Where a service listens."""

    host: str = Field(default="127.0.0.1", description="an address to listen on", examples=["127.0.0.1"])
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        description="a port from 0 to 65535, 0 for any free one",
        examples=["8000"],
    )


class HttpSettings(ListenSettings):
    """Where a service listens, who may call it and how much it takes at once."""

    api_keys: ApiKeys = Field(
        description="tenant:key[,tenant:key...], keys of at least 16 characters",
        examples=["default:change-me-to-a-long-secret"],
    )
    operator_keys: ApiKeys = Field(
        default=ApiKeys({}),
        description="name:key[,name:key...], keys of at least 16 characters; none: no routes for operators",
        examples=["ann:change-me-to-another-long-secret"],
    )
    cors_origins: CorsOrigins = Field(
        default=(),
        description="web origins that may call from a browser, separated by commas; * is refused",
        examples=["https://app.example.com,http://localhost:3000"],
    )
    max_request_bytes: int = Field(
        default=DEFAULT_MAX_REQUEST_BYTES,
        ge=1024,
        description="the largest request body in bytes, at least 1024",
        examples=[str(DEFAULT_MAX_REQUEST_BYTES)],
    )

    @model_validator(mode="after")
    def _keys_apart(self) -> Self:
        if self.api_keys.get_secret_value().keys() & self.operator_keys.get_secret_value().keys():
            raise ValueError(
                "BRICKLINE_OPERATOR_KEYS repeats a key of BRICKLINE_API_KEYS: give operators their own"
            )
        return self
