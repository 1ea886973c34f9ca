"""Typed settings from the environment: every variable is `BRICKLINE_...`, validated once, at start.

A project composes its settings by inheriting the mixins it needs and adds its own fields, then calls
`load_settings`. A wrong or missing variable is a `SettingsError` that names it; a secret is never shown.
"""

from brickline.settings.api_keys import ApiKeys
from brickline.settings.base import Settings
from brickline.settings.database import DatabaseSettings
from brickline.settings.errors import SettingsError
from brickline.settings.http import HttpSettings, ListenSettings
from brickline.settings.load import load_settings
from brickline.settings.log import LogFormat, LogLevel, LogSettings
from brickline.settings.models import ModelsSettings
from brickline.settings.rabbit import RabbitSettings
from brickline.settings.release import ReleaseSettings
from brickline.settings.secret_url import SecretUrl

__all__ = [
    "ApiKeys",
    "DatabaseSettings",
    "HttpSettings",
    "ListenSettings",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "ModelsSettings",
    "RabbitSettings",
    "ReleaseSettings",
    "SecretUrl",
    "Settings",
    "SettingsError",
    "load_settings",
]
