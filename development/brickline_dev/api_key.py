"""The key that opens the services, kept beside their data."""

import secrets
from pathlib import Path

from brickline_dev.errors import DevelopmentError


def api_key(directory: Path) -> str:
    """Return the key kept in `directory`; the first call makes one that only this user may read."""
    path = directory / "api-key"
    try:
        if path.exists() and (kept := path.read_text().strip()):
            return kept
        directory.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(key := secrets.token_urlsafe(24))
    except OSError as error:
        raise DevelopmentError(
            f"The API key cannot be kept in {directory} ({error.strerror}). "
            "Make that directory writable, or choose another with --data."
        ) from error
    return key
