import pytest
from pydantic import Field, SecretStr, ValidationError, model_validator

from brickline.settings import (
    ApiKeys,
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    RabbitSettings,
    Settings,
    SettingsError,
    load_settings,
)

KEY = "a-key-of-twenty-char"
SECRET = "hunter2hunter2"


class ServiceSettings(LogSettings, DatabaseSettings, RabbitSettings, HttpSettings):
    """As a project composes them."""


def set_all(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    known = {
        "BRICKLINE_DATABASE_URL": f"postgresql://u:{SECRET}@127.0.0.1/brickline",
        "BRICKLINE_RABBITMQ_URL": f"amqps://u:{SECRET}@127.0.0.1/",
        "BRICKLINE_API_KEYS": f"acme:{KEY}",
    }
    for name, value in (known | variables).items():
        monkeypatch.setenv(name, value)


def failure(cls: type[Settings] = ServiceSettings) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(cls)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None, "a chained error would carry the values"
    return str(caught.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, BRICKLINE_PORT="9000", BRICKLINE_LOG_LEVEL="debug", BRICKLINE_DATABASE_POOL_SIZE="3")
    settings = load_settings(ServiceSettings)
    assert settings.port == 9000
    assert settings.log_level == "debug"
    assert settings.database_pool_size == 3
    assert settings.api_keys == ApiKeys({KEY: "acme"})
    assert settings.rabbitmq_url.get_secret_value() == f"amqps://u:{SECRET}@127.0.0.1/"


def test_what_is_not_required_has_a_safe_default(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch)
    settings = load_settings(ServiceSettings)
    assert (settings.host, settings.port, settings.cors_origins) == ("127.0.0.1", 8000, ())
    assert (settings.log_level, settings.log_format) == ("info", "auto")
    assert settings.max_request_bytes >= 3 * 1024 * 1024, "1 MiB of text is up to 3 MiB as ASCII JSON"


def test_settings_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch)
    settings = load_settings(ServiceSettings)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # what is tested


def test_secrets_are_not_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch)
    settings = load_settings(ServiceSettings)
    shown = repr(settings) + str(settings) + settings.model_dump_json() + str(settings.model_dump())
    assert SECRET not in shown
    assert KEY not in shown


def test_every_missing_variable_is_named_at_once_with_an_example() -> None:
    text = failure()
    for name in ("BRICKLINE_DATABASE_URL", "BRICKLINE_RABBITMQ_URL", "BRICKLINE_API_KEYS"):
        assert f"{name} is missing" in text
    assert "for example amqp://" in text


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, BRICKLINE_API_KEYS="")
    assert "BRICKLINE_API_KEYS is missing" in failure()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("BRICKLINE_PORT", "65536", "less than or equal to 65535"),
        ("BRICKLINE_PORT", "http", "valid integer"),
        ("BRICKLINE_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("BRICKLINE_LOG_FORMAT", "xml", "'auto', 'json' or 'console'"),
        ("BRICKLINE_DATABASE_POOL_SIZE", "1", "greater than or equal to 2"),
        ("BRICKLINE_DATABASE_POOL_SIZE", "101", "less than or equal to 100"),
        ("BRICKLINE_MAX_REQUEST_BYTES", "10", "greater than or equal to 1024"),
        ("BRICKLINE_RABBITMQ_URL", f"http://u:{SECRET}@h/", "must start with amqp:// or amqps://"),
        ("BRICKLINE_RABBITMQ_URL", f"amqp://u:{SECRET}#x@h/", "percent-encoded"),
        ("BRICKLINE_DATABASE_URL", f"mysql://u:{SECRET}@h/db", "must start with postgresql://"),
        ("BRICKLINE_DATABASE_URL", "postgresql:///db", "names no host"),
        ("BRICKLINE_API_KEYS", "acme:short", "shorter than 16"),
        ("BRICKLINE_CORS_ORIGINS", "https://a.example,*", "* would let any web site in"),
        ("BRICKLINE_CORS_ORIGINS", "https://a.example/", "scheme://host"),
        ("BRICKLINE_CORS_ORIGINS", "a.example", "scheme://host"),
        ("BRICKLINE_CORS_ORIGINS", "null", "scheme://host"),
        ("BRICKLINE_CORS_ORIGINS", "https://u@a.example", "scheme://host"),
    ],
)
def test_a_wrong_value_is_explained_by_the_variables_name_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    set_all(monkeypatch, **{name: value})
    text = failure()
    assert f"{name} is wrong" in text
    assert reason in text
    assert SECRET not in text
    assert "acme:short" not in text


def test_several_wrong_entries_of_one_variable_take_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, BRICKLINE_CORS_ORIGINS="a,b,c")
    assert failure().count("BRICKLINE_CORS_ORIGINS is wrong") == 1


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, BRICKLINE_CORS_ORIGINS=" https://a.example , http://[::1]:3000,")
    assert load_settings(ServiceSettings).cors_origins == ("https://a.example", "http://[::1]:3000")


def test_a_socket_directory_is_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, BRICKLINE_DATABASE_URL="postgresql://postgres:@/postgres?host=/run/postgres")
    assert "host=/run/postgres" in load_settings(ServiceSettings).database_url.get_secret_value()


def test_a_misspelt_variable_is_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRICKLINE_RABBIT_URL", "amqp://h/")
    monkeypatch.setenv("BRICKLINE_DATABSE_URL", f"postgresql://u:{SECRET}@h/")
    text = failure()
    assert "BRICKLINE_RABBIT_URL is set: is it meant to be BRICKLINE_RABBITMQ_URL?" in text
    assert "BRICKLINE_DATABSE_URL is set: is it meant to be BRICKLINE_DATABASE_URL?" in text
    assert SECRET not in text


def test_a_variable_of_another_setting_is_no_misspelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRICKLINE_DATABASE_URL", "postgresql://h/db")
    assert "is it meant to be" not in failure()


def test_a_rule_across_fields_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class RangeSettings(Settings):
        low: int = 1
        high: int = 2

        @model_validator(mode="after")
        def _ordered(self) -> "RangeSettings":
            if self.low > self.high:
                raise ValueError("BRICKLINE_LOW must not be above BRICKLINE_HIGH")
            return self

    monkeypatch.setenv("BRICKLINE_LOW", "3")
    assert "BRICKLINE_LOW must not be above BRICKLINE_HIGH" in failure(RangeSettings)


def test_a_value_that_should_be_json_is_named_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class ListSettings(Settings):
        tokens: list[SecretStr] = Field(description="a JSON list")

    monkeypatch.setenv("BRICKLINE_TOKENS", SECRET)
    text = failure(ListSettings)
    assert "tokens" in text
    assert SECRET not in text
