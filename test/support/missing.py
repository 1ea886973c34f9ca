"""What to do about a server that cannot be had: a skipped test is a missing one, and CI may miss none."""

import os
from typing import NoReturn

import pytest


def miss(reason: str) -> NoReturn:
    """Skip the test with the reason; in CI, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
