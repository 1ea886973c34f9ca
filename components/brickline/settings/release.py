"""Which build runs, and where it belongs."""

from typing import Annotated

from pydantic import Field, StringConstraints

from brickline.settings.base import Settings


class ReleaseSettings(Settings):
    """What a process says of itself to the others, so that a release that cannot read another is noticed."""

    release: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+:/@-]{0,99}$")] = Field(
        default="unreleased",
        description="the name of the build, up to 100 letters, digits and ._+:/@-",
        examples=["v1.4.2"],
    )
    deployment: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = Field(
        default="default",
        description="the name of the processes that run together, up to 64 letters, digits and ._-",
        examples=["production"],
    )
