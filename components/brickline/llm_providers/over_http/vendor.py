"""Whom an adapter asks, and how its failures are told."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue, SecretStr

from brickline.llm_routing import ProviderRefused, ProviderUnavailable, Usage

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Vendor:
    """A server that answers for a model. No error that it makes holds its key."""

    name: str
    model: str
    url: str
    key: SecretStr | None
    key_name: str
    """Where the key comes from, for whoever has to put it right."""

    @property
    def host(self) -> str:
        """Host and port, without the credentials that a URL may hold."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def secret(self) -> str:
        """The key itself, for its one use: to be sent."""
        return self.key.get_secret_value() if self.key else ""

    def unavailable(
        self, reason: str, retry_after_s: float | None = None, *, maybe_billed: bool = False
    ) -> ProviderUnavailable:
        """It cannot answer now."""
        return ProviderUnavailable(
            self.name, self.without_key(reason), retry_after_s, maybe_billed=maybe_billed
        )

    def unreadable(self, reason: str) -> ProviderUnavailable:
        """It answered with what is no answer, and will want to be paid for it."""
        return self.unavailable(f"its answer cannot be read: {reason}", maybe_billed=True)

    def refused(self, reason: str, usage: Usage | None = None) -> ProviderRefused:
        """It will not answer this."""
        return ProviderRefused(self.name, self.without_key(reason), usage=usage)

    def without_key(self, text: str) -> str:
        """`text` on one line, cut, and with its key struck out: servers repeat what they were sent."""
        if self.secret:
            text = text.replace(self.secret, "***")
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 3] + "..."


def message_in(body: str) -> str:
    """What a server says in the body of an error, in whichever of the usual places."""
    try:
        found: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if isinstance(found, list) and found:
        found = found[0]
    for place in ("error", "detail", "message"):
        if isinstance(found, dict) and found.get(place):
            found = found[place]
    return found if isinstance(found, str) else json.dumps(found)
