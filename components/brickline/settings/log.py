"""How a service logs."""

from typing import Literal, TypeAlias

from pydantic import Field

from brickline.settings.base import Settings

LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
LogFormat: TypeAlias = Literal["auto", "json", "console"]


class LogSettings(Settings):
    """What is logged, and in which form; `auto` means console on a terminal and JSON elsewhere."""

    log_level: LogLevel = Field(
        default="info",
        description="the least severe level to log: debug, info, warning or error",
        examples=["info"],
    )
    log_format: LogFormat = Field(
        default="auto", description="the form of a log line: auto, json or console", examples=["json"]
    )
