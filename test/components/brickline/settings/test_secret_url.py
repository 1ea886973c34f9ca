import pickle

import pytest

from brickline.settings import SecretUrl

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"amqp://user:{PASSWORD}@broker:5672/vhost", "amqp://user:***@broker:5672/vhost"),
        ("postgresql://postgres:@/postgres?host=/run/x", "postgresql://postgres@/postgres?host=/run/x"),
        (f"postgresql://h/db?user=u&password={PASSWORD}", "postgresql://h/db?user=u&password=***"),
        (f"postgresql://h/db?sslpassword={PASSWORD}&a=1", "postgresql://h/db?sslpassword=***&a=1"),
        ("amqp://broker/", "amqp://broker/"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert str(SecretUrl(url)) == shown
    assert SecretUrl(url).get_secret_value() == url


@pytest.mark.parametrize("mark", ["#", "/", "?", "/?#", "@/", ":#", "]["])
def test_an_unescaped_character_in_a_password_does_not_give_it_away(mark: str) -> None:
    shown = repr(SecretUrl(f"amqp://user:{PASSWORD}{mark}{PASSWORD}@broker/"))
    assert PASSWORD not in shown


def test_text_that_is_no_url_is_not_shown_at_all() -> None:
    assert PASSWORD not in str(SecretUrl(PASSWORD))


def test_a_secret_url_survives_pickling() -> None:
    url = SecretUrl(f"amqp://u:{PASSWORD}@h/")
    assert pickle.loads(pickle.dumps(url)) == url
