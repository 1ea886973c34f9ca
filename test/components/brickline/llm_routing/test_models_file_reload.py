"""A models file that changes is read again, without a restart and without a step back."""

import logging
import os
from pathlib import Path

import pytest

from brickline.llm_routing import DEFAULT_CATALOGUE, CatalogueFile, ModelsFileError

ENTRY = '[[models]]\nname = "{}"\nprovider = "extractive"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "models.toml"
    write(path, "first")
    return path


def write(path: Path, *names: str) -> None:
    path.write_text("".join(ENTRY.format(name) for name in names))


def names(source: CatalogueFile) -> list[str]:
    """Look as often as it takes for a change to be taken over, and once more."""
    for _ in range(3):
        catalogue = source.current()
    return [model.name for model in catalogue.models]


def test_without_a_file_there_is_the_built_in_catalogue() -> None:
    assert CatalogueFile(None).current() is DEFAULT_CATALOGUE


def test_a_file_that_cannot_be_used_at_the_start_is_an_error(path: Path) -> None:
    path.write_text("models = 1")
    with pytest.raises(ModelsFileError):
        CatalogueFile(path)


def test_a_change_is_taken_over(path: Path) -> None:
    source = CatalogueFile(path, look_every_s=0)
    write(path, "second", "third")
    assert names(source) == ["second", "third"]
    assert source.problem is None


def test_a_file_put_in_its_place_is_taken_over_though_it_is_as_long_and_as_old(path: Path) -> None:
    source, status = CatalogueFile(path, look_every_s=0), path.stat()
    other = path.with_name("other.toml")
    write(other, "other")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert other.stat().st_size == status.st_size
    other.replace(path)
    assert names(source) == ["other"]


def test_an_edit_that_is_under_way_is_not_read(path: Path) -> None:
    source = CatalogueFile(path, look_every_s=0)
    for end in range(1, 30):
        path.write_text((ENTRY.format("other") + ENTRY.format("more"))[:end])
        assert [model.name for model in source.current().models] == ["first"]
    assert source.problem is None


def test_a_bad_edit_keeps_what_was_good_says_why_and_is_logged_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = CatalogueFile(path, look_every_s=0)
    good = source.current()
    path.write_text(ENTRY.format("x") + "rpm = -1\n")
    assert names(source) == ["first"]
    assert source.current() is good
    assert source.problem is not None
    assert "models.toml:4: model 'x': rpm is -1" in source.problem
    assert caplog.messages == ["llm.models_file_not_used"]
    write(path, "mended")
    assert names(source) == ["mended"]
    assert source.problem is None


def test_a_file_that_is_gone_keeps_what_was_good_until_it_is_back(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = CatalogueFile(path, look_every_s=0)
    path.unlink()
    assert names(source) == ["first"]
    assert source.problem is not None
    assert "there is no file" in source.problem
    assert caplog.messages == ["llm.models_file_not_used"]
    write(path, "back")
    assert names(source) == ["back"]


def test_a_change_that_changes_nothing_keeps_the_catalogue(path: Path) -> None:
    source = CatalogueFile(path, look_every_s=0)
    before = source.current()
    path.write_text(f"# a comment\n{path.read_text()}")
    names(source)
    assert source.current() is before


def test_a_file_that_stays_as_it_is_is_not_read_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    source = CatalogueFile(path, look_every_s=0)
    names(source)
    assert caplog.messages == []


def test_the_file_is_not_looked_at_more_often_than_asked(path: Path) -> None:
    source = CatalogueFile(path, look_every_s=600)
    write(path, "second")
    assert names(source) == ["first"]
