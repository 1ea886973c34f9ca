"""What a process calls its build and its deployment."""

import pytest

from brickline.events import EventsError, Release
from brickline.settings import ReleaseSettings, SettingsError, load_settings


def test_a_process_that_is_told_nothing_has_the_names_that_events_give_it() -> None:
    settings = load_settings(ReleaseSettings)

    assert Release(settings.release, settings.deployment) == Release()


@pytest.mark.parametrize("field", ["release", "deployment"])
def test_a_variable_that_is_empty_counts_as_not_set(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BRICKLINE_{field}".upper(), "")

    assert load_settings(ReleaseSettings) == ReleaseSettings()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("release", "v1 beta"),
        ("release", "v" * 101),
        ("release", "-v1"),
        ("release", "v1\n"),
        ("deployment", "production/eu"),
        ("deployment", "d" * 65),
        ("deployment", "\N{LATIN SMALL LETTER E WITH ACUTE}u"),
    ],
)
def test_a_name_that_events_would_refuse_is_refused_by_its_variable(
    field: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"BRICKLINE_{field}".upper(), value)

    with pytest.raises(
        SettingsError, match=f"BRICKLINE_{field.upper()} is wrong: .* It wants the name of the"
    ):
        load_settings(ReleaseSettings)
    with pytest.raises(EventsError):
        Release(**{"name" if field == "release" else field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("release", "1.4+g5aa5546"),
        ("release", "r" * 100),
        ("deployment", "eu-1.blue"),
        ("deployment", "d" * 64),
    ],
)
def test_a_name_that_is_taken_is_one_that_events_take(
    field: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"BRICKLINE_{field}".upper(), value)
    settings = load_settings(ReleaseSettings)

    release = Release(settings.release, settings.deployment)
    assert (release.name, release.deployment) == (settings.release, settings.deployment)
    assert getattr(settings, field) == value
