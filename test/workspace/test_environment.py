"""Each project's .env.example lists every variable that its base reads, with values that the base accepts."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from brickline.settings import Settings, load_settings
from workspace.imports import bricks_of
from workspace.packaging import PROJECTS, ROOT, Project

ASSIGNMENT = re.compile(r"^(?:# )?(BRICKLINE_[A-Z_]+)=(.*)$", re.MULTILINE)


def example_of(project: Project) -> dict[str, str]:
    """Return what the project's .env.example sets, commented defaults too."""
    return dict(ASSIGNMENT.findall((project.folder / ".env.example").read_text("utf-8")))


def settings_of(project: Project) -> list[type[Settings]]:
    """Return the settings classes that the project's own base defines."""
    # The standalone lists the bases it composes too; its own is the one of its name.
    listed = [
        brick for brick in project.brick_folders() if bricks_of(ROOT)[brick.split("/")[1]].kind == "base"
    ]
    [base] = [brick for brick in listed if len(listed) == 1 or brick.endswith(f"/{project.name}")]
    return [
        value
        for module in modules_of(base.replace("/", "."))
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, type) and issubclass(value, Settings) and value.__module__ == module
    ]


def modules_of(package: str) -> Iterator[str]:
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            yield found.name


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest) -> Project:
    return Project(request.param)


def test_an_example_lists_exactly_the_variables_that_the_base_reads(project: Project) -> None:
    read = {f"BRICKLINE_{field}".upper() for cls in settings_of(project) for field in cls.model_fields}

    assert read
    assert set(example_of(project)) == read


def test_the_values_of_an_example_are_valid(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in example_of(project).items():
        monkeypatch.setenv(name, value)

    assert [load_settings(cls) for cls in settings_of(project)]


def test_the_commented_values_of_an_example_are_the_defaults(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in example_of(project).items():
        monkeypatch.setenv(name, value)
    full = [load_settings(cls) for cls in settings_of(project)]

    for name in re.findall(
        r"^# (BRICKLINE_[A-Z_]+)=", (project.folder / ".env.example").read_text(), re.MULTILINE
    ):
        monkeypatch.delenv(name)

    assert [load_settings(cls) for cls in settings_of(project)] == full


def test_a_project_loads_its_env_file_through_direnv(project: Project) -> None:
    assert "dotenv_if_exists .env" in (project.folder / ".envrc").read_text("utf-8")
