"""Where a model of a models file is, and which key opens it."""

from urllib.parse import urlsplit

from brickline.llm_routing.models.model import ProviderKind
from brickline.llm_routing.models.toml_table import Table

_KEY_WANTED = "the name of an environment variable, which holds the key: never the key itself"
_URL_WANTED = "a URL that begins with http:// or https://, without user, password, ? and #"


def read_base_url(table: Table, kind: ProviderKind) -> str | None:
    """Read where it is; None: where that provider always is, or nowhere."""
    if kind is ProviderKind.OPENAI_COMPATIBLE:
        table.require("base_url", "the URL below which it serves /chat/completions")
    if kind.is_local and "base_url" in table:
        table.problem("base_url", f"base_url means nothing for {kind}, which runs in this process: remove it")
        return None
    url = table.text("base_url", r"https?://[^\s@?#]+", _URL_WANTED, secret=True)
    if url is not None and not _has_host(url):
        table.problem(
            "base_url", f"base_url names no host and port that could be called; it is {_URL_WANTED}"
        )
    return url


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, or an address with half its brackets
        return False


def read_api_key_env(table: Table, kind: ProviderKind) -> str | None:
    """Read the name of the variable that holds the key."""
    if kind.is_local and "api_key_env" in table:
        table.problem("api_key_env", f"api_key_env means nothing for {kind}, which needs no key: remove it")
        return None
    return table.text("api_key_env", r"[A-Za-z_][A-Za-z0-9_]{0,99}", _KEY_WANTED, secret=True)
