"""The pages of guarantees name tests that exist: a guarantee without one is a claim."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"

_NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def defined() -> set[tuple[str, str]]:
    """Every test by file name and function."""
    return {
        (path.name, name)
        for path in (ROOT / "test").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("page", "at_least"), [("reliability.md", 25), ("models.md", 5), ("contracts.md", 12)]
)
def test_every_test_that_a_page_names_exists(page: str, at_least: int) -> None:
    named = set(_NAMED.findall((PAGE.parent / page).read_text()))
    assert len(named) >= at_least
    assert named - defined() == set()


def test_every_row_of_the_fault_table_names_its_test() -> None:
    rows = [
        line for line in PAGE.read_text().split("## Faults")[1].split("\n## ")[0].splitlines() if "|" in line
    ]
    assert [row for row in rows[2:] if not _NAMED.search(row)] == []
