"""Data are kept in an empty folder or in one of ours, never among somebody else's files."""

from pathlib import Path

import pytest

from brickline.embedded import DataDirectoryError
from brickline.standalone.commands import demo, up
from brickline.standalone.data_folder import is_empty, require_ours
from brickline.standalone.drill_command import incident


@pytest.fixture
def of_others(tmp_path: Path) -> Path:
    """A folder with somebody's letter."""
    (tmp_path / "letter.txt").write_text("Dear all, the ferry was late again.")
    return tmp_path


def test_a_folder_with_other_things_is_refused_and_named(of_others: Path) -> None:
    with pytest.raises(DataDirectoryError, match=f"{of_others} .*not empty"):
        require_ours(of_others)


@pytest.mark.parametrize("missing", [True, False])
def test_an_empty_or_a_missing_folder_will_do(tmp_path: Path, *, missing: bool) -> None:
    require_ours(tmp_path / "new" if missing else tmp_path)


@pytest.mark.parametrize("ours", ["api-key", "postgres/lock", "postgres/cluster/PG_VERSION"])
def test_a_folder_of_ours_will_do_whatever_else_is_in_it(of_others: Path, ours: str) -> None:
    file = of_others / ours
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    require_ours(of_others)


def test_somebody_elses_postgres_folder_does_not_make_a_folder_ours(of_others: Path) -> None:
    (of_others / "postgres").mkdir()
    (of_others / "postgres" / "init.sql").touch()
    with pytest.raises(DataDirectoryError):
        require_ours(of_others)


def test_the_default_folder_will_do_where_only_the_services_have_run(tmp_path: Path) -> None:
    (tmp_path / ".brickline" / "services").mkdir(parents=True)
    require_ours(tmp_path / ".brickline")


def test_a_new_volume_is_empty(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    assert is_empty(tmp_path)


@pytest.mark.parametrize("command", ["up", "demo", "drill"])
def test_every_command_that_keeps_data_refuses_it_with_a_sentence_and_adds_nothing(
    of_others: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    match command:
        case "up":
            code = up(of_others, 0)
        case "demo":
            code = demo([of_others], of_others, 0, as_json=False, exit_when_done=True)
        case _:
            code = incident(1, of_others, as_json=False)
    assert code == 1
    assert f"{of_others}" in (said := capsys.readouterr().err)
    assert "not empty" in said
    assert [entry.name for entry in of_others.iterdir()] == ["letter.txt"]
