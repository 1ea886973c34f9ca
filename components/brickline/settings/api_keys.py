"""The API keys of a service: which key stands for which tenant."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MIN_KEY_LENGTH = 16
_TENANT = re.compile(r"[a-z0-9_-]{1,64}")
# What RFC 6750 allows in a bearer token: anything else could not be sent in the header.
_KEY = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class ApiKeys:
    """An immutable mapping of API keys to tenants that shows neither its keys nor parts of them.

    Built from `{key: tenant}` or, by `parse`, from the text `tenant:key[,tenant:key...]`. An empty mapping
    admits nobody. Raises ValueError for a key under 16 characters or a tenant outside `[a-z0-9_-]{1,64}`;
    the text says which entry, never the key.
    """

    __slots__ = ("_keys", "_tenants_by_digest")

    def __init__(self, keys: Mapping[str, str]) -> None:
        for position, (key, tenant) in enumerate(keys.items(), start=1):
            _check_entry(position, tenant, key)
        self._keys = dict(keys)
        self._tenants_by_digest = {_digest(key): tenant for key, tenant in keys.items()}

    @classmethod
    def parse(cls, text: str) -> "ApiKeys":
        """Read `tenant:key[,tenant:key...]`; raises ValueError, also where one key names two tenants."""
        keys: dict[str, str] = {}
        for position, entry in enumerate(text.split(","), start=1):
            tenant, colon, key = entry.strip().partition(":")
            if not colon:
                raise ValueError(f"entry {position} is not of the form tenant:key")
            _check_entry(position, tenant, key)
            if keys.setdefault(key, tenant) != tenant:
                raise ValueError(f"entry {position} repeats a key of another tenant; a key names one tenant")
        return cls(keys)

    @property
    def tenants(self) -> tuple[str, ...]:
        """The tenants that hold a key, sorted."""
        return tuple(sorted(set(self._keys.values())))

    def tenant_of(self, presented: str) -> str | None:
        """Find the tenant of a key, in a time that tells nothing about the keys there are."""
        digest = _digest(presented)
        found = None
        for known, tenant in self._tenants_by_digest.items():  # all of them, match or not
            if hmac.compare_digest(known, digest):
                found = tenant
        return found

    def get_secret_value(self) -> dict[str, str]:
        """Give a copy of the real mapping, key to tenant."""
        return dict(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKeys) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(frozenset(self._keys.items()))

    def __repr__(self) -> str:
        return f"ApiKeys({len(self)} keys of {', '.join(self.tenants) or 'nobody'})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validate, serialization=core_schema.to_string_ser_schema()
        )


def _validate(value: object) -> ApiKeys:
    if isinstance(value, ApiKeys):
        return value
    if isinstance(value, str):
        return ApiKeys.parse(value)
    raise ValueError("must be text of the form tenant:key[,tenant:key...]")


def _check_entry(position: int, tenant: str, key: str) -> None:
    if not _TENANT.fullmatch(tenant):
        raise ValueError(f"the tenant of entry {position} must be 1 to 64 of a-z, 0-9, _ and -")
    if len(key) < MIN_KEY_LENGTH:
        raise ValueError(f"the key of entry {position} is shorter than {MIN_KEY_LENGTH} characters")
    if not _KEY.fullmatch(key):
        raise ValueError(f"the key of entry {position} may hold A-Z, a-z, 0-9 and -._~+/ only, then =")


def _digest(key: str) -> bytes:
    # Digests have one length, so that comparing them does not tell the length of a key.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
