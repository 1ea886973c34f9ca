"""The drawings in the repository: found when they are stale, brought up to date, never put in a wrong "
"place."""

from pathlib import Path

import pytest

from brickline.contracts import Pipeline, UnplacedMap, UnwritableSnapshot, kept_files, render, stale, update
from support.pipelines import group, payload, service

A = payload("topic.a")
PIPELINE = Pipeline([service("gate", 0, publishes=(A,)), service("work", 1, group("work", A))], [A])
OTHER = Pipeline([service("gate", 0, publishes=(A,)), service("work", 1, group("changed", A))], [A])
README = """# Title

Before.

<!-- map: begin -->
an old picture
<!-- map: end -->

After.
"""


def repository(folder: Path, readme: str = README) -> Path:
    (folder / "README.md").write_bytes(readme.encode())
    return folder


def test_stale_files_are_found_and_brought_up_to_date_with_what_stands_around_them_kept(
    tmp_path: Path,
) -> None:
    root = repository(tmp_path)
    files = (root / "docs" / "asyncapi.json", root / "README.md")

    assert stale(root, PIPELINE) == files
    assert update(root, PIPELINE) == files
    assert stale(root, PIPELINE) == ()
    assert update(root, PIPELINE) == ()
    assert files[0].read_text("utf-8") == render(PIPELINE, "asyncapi")
    assert files[1].read_text("utf-8") == (
        "# Title\n\nBefore.\n\n<!-- map: begin (drawn by `brickline contracts graph --update`) -->\n"
        f"```mermaid\n{render(PIPELINE, 'mermaid')}```\n<!-- map: end -->\n\nAfter.\n"
    )


def test_a_change_of_the_pipeline_makes_them_stale(tmp_path: Path) -> None:
    root = repository(tmp_path)
    update(root, PIPELINE)

    assert stale(root, OTHER) == (root / "docs" / "asyncapi.json", root / "README.md")


def test_an_edit_by_hand_makes_one_stale(tmp_path: Path) -> None:
    root = repository(tmp_path)
    update(root, PIPELINE)
    readme = root / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("-->|", "---|"), "utf-8")

    assert stale(root, PIPELINE) == (readme,)
    assert update(root, PIPELINE) == (readme,)


def test_looking_writes_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path)
    kept_files(root, PIPELINE)
    stale(root, PIPELINE)

    assert [path.name for path in root.iterdir()] == ["README.md"]
    assert (root / "README.md").read_text("utf-8") == README


@pytest.mark.parametrize(
    "readme",
    [
        "# Title\n",
        "<!-- map: begin -->\n",
        "<!-- map: end -->\n",
        "<!-- map: end -->\n<!-- map: begin -->\n",
        README + README,
    ],
)
def test_without_its_place_nothing_is_written_and_what_to_put_where_is_said(
    tmp_path: Path, readme: str
) -> None:
    root = repository(tmp_path, readme)

    with pytest.raises(UnplacedMap) as missing:
        update(root, PIPELINE)

    assert str(root / "README.md") in str(missing.value)
    assert "put the lines `<!-- map: begin (drawn by `brickline contracts graph --update`) -->`" in str(
        missing.value
    )
    assert "`<!-- map: end -->` where the picture belongs" in str(missing.value)
    assert (root / "README.md").read_text("utf-8") == readme
    assert not (root / "docs").exists()


def test_a_readme_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnplacedMap, match=r"README\.md cannot be read"):
        stale(tmp_path, PIPELINE)
    (tmp_path / "README.md").write_bytes(b"\xff\xfe")
    with pytest.raises(UnplacedMap, match=r"README\.md cannot be read"):
        update(tmp_path, PIPELINE)


def test_line_ends_of_the_readme_stay_as_they_are(tmp_path: Path) -> None:
    root = repository(tmp_path, README.replace("\n", "\r\n"))
    update(root, PIPELINE)
    written = (root / "README.md").read_bytes()

    assert written.count(b"\n") == written.count(b"\r\n")
    assert stale(root, PIPELINE) == ()


def test_a_link_to_the_readme_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target = repository(tmp_path / "elsewhere") / "README.md"
    root = tmp_path / "root"
    root.mkdir()
    (root / "README.md").symlink_to(target)
    update(root, PIPELINE)

    assert (root / "README.md").is_symlink()
    assert "flowchart LR" in target.read_text("utf-8")


def test_where_one_cannot_be_written_neither_is(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / "docs").write_text("in the way", "utf-8")

    with pytest.raises(UnwritableSnapshot, match="cannot be written"):
        update(root, PIPELINE)
    assert (root / "README.md").read_text("utf-8") == README


def test_markers_that_touch_each_other_hold_a_picture_afterwards(tmp_path: Path) -> None:
    root = repository(tmp_path, "<!-- map: begin<!-- map: end -->")
    update(root, PIPELINE)

    assert stale(root, PIPELINE) == ()
