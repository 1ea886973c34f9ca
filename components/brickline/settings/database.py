"""Where Postgres is."""

from typing import Annotated

from pydantic import AfterValidator, Field

from brickline.settings.base import Settings
from brickline.settings.secret_url import SecretUrl, url_with_scheme

DatabaseUrl = Annotated[SecretUrl, AfterValidator(url_with_scheme("postgresql", "postgres"))]


class DatabaseSettings(Settings):
    """The database of a service and how many connections it may hold."""

    database_url: DatabaseUrl = Field(
        description="the URL of a PostgreSQL database",
        examples=["postgresql://user:password@127.0.0.1:5432/brickline"],
    )
    database_pool_size: int = Field(
        default=10, ge=2, le=100, description="a number of connections from 2 to 100", examples=["10"]
    )
