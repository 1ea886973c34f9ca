"""A URL whose password is never shown."""

from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

_MASK = "***"


class SecretUrl(SecretStr):
    """A URL with credentials: `str` and `repr` show it without them, `get_secret_value()` is the real one."""

    def _display(self) -> str:
        return _redacted(self.get_secret_value())


def url_with_scheme(*schemes: str) -> Callable[[SecretUrl], SecretUrl]:
    """Make a validator that wants one of `schemes` and a host; `host=` (a Unix socket) will do."""

    def validate(url: SecretUrl) -> SecretUrl:
        parts = _split(url.get_secret_value())
        if parts is None:
            raise ValueError(
                "is not a URL; special characters in a password must be percent-encoded (# is %23)"
            )
        if parts.scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        if not parts.hostname and "host=" not in parts.query:
            raise ValueError("names no host")
        return url

    return validate


def _split(url: str) -> SplitResult | None:
    """Split a URL, or give None where no part of it can be trusted to be what it seems to be."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed on access only
    except ValueError:
        return None
    # An unescaped "/", "?" or "#" in a password ends the host part early; the rest then looks like a path.
    misread = "@" in parts.path or "@" in parts.query or parts.fragment
    return None if misread or not parts.scheme else parts


def _redacted(url: str) -> str:
    parts = _split(url)
    if parts is None:
        return _MASK
    user, at, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    secret = f":{_MASK}" if colon and password else ""
    query = "&".join(_redacted_parameter(parameter) for parameter in parts.query.split("&"))
    return parts._replace(netloc=f"{name}{secret}{at}{host}", query=query).geturl()


def _redacted_parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}{equals}{_MASK}" if "pass" in name.lower() else parameter
