"""Where RabbitMQ is."""

from typing import Annotated

from pydantic import AfterValidator, Field

from brickline.settings.base import Settings
from brickline.settings.secret_url import SecretUrl, url_with_scheme

RabbitUrl = Annotated[SecretUrl, AfterValidator(url_with_scheme("amqp", "amqps"))]


class RabbitSettings(Settings):
    """The broker of a service."""

    rabbitmq_url: RabbitUrl = Field(
        description="the URL of a RabbitMQ broker, amqp:// or amqps://",
        examples=["amqp://guest:guest@127.0.0.1:5672/"],
    )
