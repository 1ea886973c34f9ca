from pathlib import Path

import pytest

from brickline.settings import ApiKeys, SettingsError
from brickline.standalone.settings import StandaloneSettings, load, with_keys


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("BRICKLINE_API_KEYS", "BRICKLINE_PORT"):
        monkeypatch.delenv(variable, raising=False)


def keys_in(directory: Path) -> ApiKeys:
    return with_keys(load(None), directory).api_keys


def test_without_a_key_one_is_made_and_kept_where_only_this_user_can_read_it(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    (key,) = keys.get_secret_value()
    assert keys.tenants == ("default",)
    assert len(key) >= 32
    assert (tmp_path / "api-key").read_text() == f"{key}\n"
    assert (tmp_path / "api-key").stat().st_mode & 0o777 == 0o600


def test_the_same_directory_keeps_its_key_and_another_has_another(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert keys_in(tmp_path) == keys_in(tmp_path)
    assert keys_in(tmp_path) != keys_in(tmp_path / "other")


def test_keys_that_are_set_win_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRICKLINE_API_KEYS", "acme:a-key-of-sixteen-or-more")
    assert keys_in(tmp_path).tenants == ("acme",)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_half_written_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "api-key.new").write_text("half")
    (tmp_path / "api-key").write_text("\n")
    (key,) = keys_in(tmp_path).get_secret_value()
    assert len(key) >= 32


@pytest.mark.parametrize(
    "content", [b"tiny", "zu übersetzen, bitte".encode(), b"\x00" * 40, b"two words of a key"]
)
def test_a_file_that_holds_no_key_is_named_and_its_content_is_not_shown(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "api-key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="Remove the file") as refusal:
        keys_in(tmp_path)
    assert str(file) in str(refusal.value)
    assert content.decode() not in str(refusal.value)


def test_a_key_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api-key").mkdir()
    with pytest.raises(SettingsError, match=str(tmp_path / "api-key")):
        keys_in(tmp_path)


def test_a_port_that_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRICKLINE_PORT", "9000")
    assert load(None).port == 9000
    assert load(0).port == 0
    assert isinstance(load(1), StandaloneSettings)
