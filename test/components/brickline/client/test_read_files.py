import os
from pathlib import Path

import pytest

from brickline.client import UnusableFiles, read_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.md", "sub/c.TXT", ".hidden.md", ".git/d.md", "sub/picture.png"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"Text of {name}")
    return tmp_path


def problems_of(*paths: Path) -> dict[Path, str]:
    with pytest.raises(UnusableFiles) as refusal:
        read_files(paths)
    named = (problem.partition(": ") for problem in refusal.value.problems)
    return {Path(path): problem for path, _, problem in named}


def test_a_folder_is_read_at_any_depth_in_the_order_of_its_names(folder: Path) -> None:
    found = read_files([folder])
    assert [file.path.name for file in found] == ["a.md", "b.txt", "c.TXT"]
    assert found[0].text == "Text of a.md"


def test_a_file_named_twice_is_read_once_where_it_came_first(folder: Path) -> None:
    found = read_files([folder / "sub" / "c.TXT", folder, folder / "sub" / ".." / "a.md"])
    assert [file.path.name for file in found] == ["c.TXT", "a.md", "b.txt"]


def test_a_link_to_a_file_is_not_a_second_document(folder: Path) -> None:
    (folder / "link.md").symlink_to(folder / "a.md")
    assert len(read_files([folder])) == 3


def test_a_hidden_file_that_is_named_is_read(folder: Path) -> None:
    assert read_files([folder / ".hidden.md"])[0].text == "Text of .hidden.md"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfText")
    assert read_files([tmp_path])[0].text == "Text"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "blank"),
        (b" \n\t", "blank"),
        ("\u200b".encode(), "blank"),
        (b"caf\xe9", "not UTF-8 text; save it as UTF-8 (byte 3 is 0xe9)"),
        ("text".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"only\x00zeros", "NUL"),
        (b"\xed\xa0\x80", "not UTF-8"),
        (b"x" * (1024 * 1024 + 1), "the limit is 1,048,576"),
    ],
)
def test_content_that_is_no_document_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    assert problem in problems_of(file)[file]


def test_every_unusable_path_is_named_at_once(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "blank.md").write_text(" ")
    (folder / "dangling.md").symlink_to(folder / "nowhere.md")
    given = [
        folder / name for name in ("a.md", "empty", "blank.md", "dangling.md", "missing", "sub/picture.png")
    ]
    problems = problems_of(*given)
    assert list(problems) == given[1:]
    assert problems[folder / "empty"] == "the folder holds no .txt or .md file"
    assert problems[folder / "missing"] == "No such file or directory"
    assert "not a .txt or .md file" in problems[folder / "sub/picture.png"]


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 300 + ".txt")
    assert problems_of(path)[path] == "File name too long"


def test_one_bad_file_in_a_folder_is_named_though_the_folder_was_given(folder: Path) -> None:
    (folder / "sub" / "bad.md").write_bytes(b"\xff\xfe")
    assert list(problems_of(folder)) == [folder / "sub" / "bad.md"]


def test_what_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert "not a regular file" in problems_of(pipe)[pipe]


def test_a_file_of_many_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as sparse:
        sparse.truncate(64 * 1024**3)
    assert "the limit is 1,048,576" in problems_of(file)[file]
