"""What a models file may say, and what is said about one that will not do."""

from decimal import Decimal
from pathlib import Path

import pytest

from brickline.llm_routing import (
    DEFAULT_CATALOGUE,
    Capability,
    Catalogue,
    ModelsFileError,
    OnAmbiguous,
    ProviderKind,
    Routing,
    Weights,
    WhenSpent,
    load_catalogue,
)

FULL = """\
[routing]
weights = { cost = 0.5, latency = 0.2, quality = 0.3 }
when_spent = "defer"
on_ambiguous = "retry"
cache = false
cache_days = 1.5
semantic = "shadow"

[[models]]
name = "small"
provider = "openai_compatible"
model = "some-model"
base_url = "http://127.0.0.1:9999/v1"
api_key_env = "SMALL_KEY"
input_usd_per_mtok = 0.15
output_usd_per_mtok = 0.60
context_tokens = 128000
quality = { insights = 0.7 }
rpm = 600
tpm = 90_000
timeout_s = 2.5
capabilities = ["instructions"]
max_output_tokens = 4096
"""
SMALL = """\
[[models]]
name = "small"
provider = "openai_compatible"
model = "some-model"
base_url = "http://127.0.0.1:9999/v1"
input_usd_per_mtok = 1
output_usd_per_mtok = 2
context_tokens = 1000
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "models.toml"


def load(path: Path, text: str) -> Catalogue:
    path.write_bytes(text.encode())
    return load_catalogue(path)


def problems(path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ModelsFileError) as caught:
        load(path, text)
    return caught.value.problems


def test_everything_a_file_says_is_in_the_catalogue(path: Path) -> None:
    catalogue = load(path, FULL)
    assert catalogue.routing == Routing(
        Weights(0.5, 0.2, 0.3),
        WhenSpent.DEFER,
        OnAmbiguous.RETRY,
        cache=False,
        cache_days=1.5,
        semantic="shadow",
    )
    (model,) = catalogue.models
    assert (model.name, model.provider, model.model) == (
        "small",
        ProviderKind.OPENAI_COMPATIBLE,
        "some-model",
    )
    assert (model.base_url, model.api_key_env) == ("http://127.0.0.1:9999/v1", "SMALL_KEY")
    assert (model.input_price, model.output_price) == (Decimal("0.15"), Decimal("0.60"))
    assert (model.context_tokens, model.max_output_tokens) == (128_000, 4096)
    assert (model.rpm, model.tpm, model.timeout_s) == (600, 90_000, 2.5)
    assert dict(model.quality) == {"insights": 0.7}
    assert model.capabilities == {Capability.INSTRUCTIONS}


def test_what_a_file_leaves_out_is_as_by_default(path: Path) -> None:
    catalogue = load(path, SMALL)
    assert catalogue.routing == Routing()
    (model,) = catalogue.models
    assert (model.rpm, model.tpm, model.timeout_s, model.max_output_tokens) == (None, None, 60, None)
    assert model.quality_for("insights") == 0.5
    assert model.capabilities == frozenset(Capability)


def test_a_model_that_runs_here_needs_neither_an_id_nor_a_context_nor_a_price(path: Path) -> None:
    text = "".join(
        f'[[models]]\nname = "{kind}"\nprovider = "{kind}"\n' for kind in ("smollm2", "extractive")
    )
    small, extractive = load(path, text).models
    assert small.is_free
    assert extractive.is_free
    assert extractive.quality_for("insights") == 0.2
    assert extractive.context_tokens == DEFAULT_CATALOGUE.models[0].context_tokens


def test_a_price_that_is_not_stated_is_taken_from_the_price_list(path: Path) -> None:
    text = '[[models]]\nname = "m"\nprovider = "openai"\nmodel = "gpt-4o-mini"\ncontext_tokens = 128000\n'
    assert load(path, text).models[0].output_price == Decimal("0.6")
    (model,) = load(path, text + "output_usd_per_mtok = 0.7\n").models
    assert (model.input_price, model.output_price) == (Decimal("0.15"), Decimal("0.7"))


def test_models_keep_the_order_of_the_file(path: Path) -> None:
    names = ["c", "a", "b"]
    text = "".join(SMALL.replace('"small"', f'"{name}"') for name in names)
    assert [model.name for model in load(path, text).models] == names


def test_weights_that_are_not_named_among_others_count_nothing(path: Path) -> None:
    assert load(path, f"[routing.weights]\nquality = 2\n{SMALL}").routing.weights == Weights(0, 0, 2)


@pytest.mark.parametrize(
    "text", [f"\ufeff{FULL}", FULL.replace("\n", "\r\n")], ids=["byte order mark", "CRLF"]
)
def test_what_editors_on_windows_leave_behind_does_no_harm(path: Path, text: str) -> None:
    assert load(path, text) == load(path, FULL)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SMALL + "rpm = -1\n", "models.toml:9: model 'small': rpm is -1; it is a whole number from 1"),
        (SMALL + "rpm = true\n", "models.toml:9: model 'small': rpm is true; it is a whole number"),
        (SMALL + "tpm = 1.5\n", "models.toml:9: model 'small': tpm is 1.5; it is a whole number"),
        (SMALL + "rmp = 5\n", "models.toml:9: model 'small': there is no key 'rmp'; did you mean rpm?"),
        (
            SMALL + "quality.insights = 2\n",
            ":9: model 'small': quality: insights is 2; it is a number from 0 to 1",
        ),
        (
            SMALL + "quality = 0.5\n",
            ":9: model 'small': quality is 0.5; it is a table such as { name = value }",
        ),
        (
            SMALL + "quality = { insights = nan }\n",
            ":9: model 'small': quality: insights is NaN; it is a number",
        ),
        (SMALL + "timeout_s = 0\n", ":9: model 'small': timeout_s is 0; it is a number from 0.1 to 1200"),
        (SMALL + 'capabilities = ["json"]\n', ":9: model 'small': capabilities is 'json'; it is an array"),
        (SMALL + f"rpm = 0x{'f' * 9000}\n", ":9: model 'small': rpm is far out of range"),
        (
            SMALL.replace("= 1000", "= 0"),
            ":8: model 'small': context_tokens is 0; it is a whole number from 1",
        ),
        (
            SMALL.replace("= 1\n", "= -1\n"),
            ":6: model 'small': input_usd_per_mtok is -1; it is a number from 0",
        ),
        (SMALL.replace("= 1\n", "= inf\n"), ":6: model 'small': input_usd_per_mtok is Infinity"),
        (SMALL.replace("= 1\n", f"= 1e{'9' * 30}\n"), ":6: model 'small': input_usd_per_mtok is NaN"),
        (SMALL.replace("= 1\n", "= 1e-900\n"), ":6: model 'small': input_usd_per_mtok is 1E-900"),
        (
            SMALL.replace('"small"', '"a b"'),
            ":2: model 1: name is 'a b'; it is a name of at most 100 letters",
        ),
        (SMALL.replace('name = "small"\n', ""), ":1: model 1: name is missing"),
        (
            SMALL.replace('model = "some-model"\n', ""),
            ":1: model 'small': model is missing; state what the provider",
        ),
        (SMALL.replace("context_tokens = 1000\n", ""), ":1: model 'small': context_tokens is missing"),
        (
            SMALL.replace('base_url = "http://127.0.0.1:9999/v1"\n', ""),
            ":1: model 'small': base_url is missing",
        ),
        (
            SMALL.replace("http://", "ftp://"),
            ":5: model 'small': base_url does not fit; it is a URL that begins",
        ),
        (SMALL.replace(":9999", ":99999"), ":5: model 'small': base_url names no host and port"),
        (SMALL.replace("openai_compatible", "opena"), ":3: .*provider is 'opena'; .*did you mean openai?"),
        (
            SMALL.replace("output_usd_per_mtok = 2\n", ""),
            ":4: .*does not know 'some-model' .*state output_usd_per_mtok",
        ),
        (SMALL + SMALL, "models.toml:10: model 'small': the name is used twice"),
        ("", "models.toml:1: it names no model; begin one with a line"),
        ("models = []", "models.toml:1: it names no model"),
        ("\n[models]\nname = 'x'", "models.toml:2: models is an array of tables: each begins with a line"),
        (f"routing = 3\n{SMALL}", "models.toml:1: routing is 3; it is a table"),
        (f"[rooting]\n{SMALL}", "models.toml:1: there is no key 'rooting'; did you mean routing?"),
        (
            f"[routing]\nweights = {{cost=-1}}\n{SMALL}",
            ":2: routing: weights: cost is -1; it is a number from 0",
        ),
        (f"[routing]\n\nweights = {{cost=0}}\n{SMALL}", ":3: routing: the weights are all zero"),
        (
            f"[routing.weights]\nlatncy = 1\n{SMALL}",
            ":2: routing: weights: there is no key 'latncy'; did you mean lat",
        ),
        (
            f"[routing]\nwhen_spent = 'panic'\n{SMALL}",
            ":2: routing: when_spent is 'panic'; it is one of degrade, defer",
        ),
        (f"[routing]\ncache = 1\n{SMALL}", ":2: routing: cache is 1; it is true or false"),
        (
            f"[routing]\ncache_days = 31\n{SMALL}",
            ":2: routing: cache_days is 31; it is a number from 0 to 30",
        ),
        ("[routing]\nweights = {", "models.toml:2: it is not TOML"),
        (f"{SMALL}model = 'again'", "models.toml:9: it is not TOML: Cannot overwrite a value"),
        ("a = '", "models.toml:1: it is not TOML"),
        ("a = 1\x00", "models.toml:1: it is not TOML"),
        (f"a = {'1' * 5000}", "models.toml: a value cannot be read"),
        (f"a = {'[' * 5000}", "models.toml: it is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_is_wanted(path: Path, text: str, problem: str) -> None:
    (found,) = problems(path, text)
    start, _, rest = problem.partition(".*")
    assert start in found
    assert all(part in found for part in rest.split(".*"))


def test_all_problems_are_told_at_once_in_the_order_of_lines(path: Path) -> None:
    text = (
        f"{SMALL}tpm = 0\n{SMALL.replace('small', 'other').replace('openai_compatible', 'nobody')}rpm = 0\n"
    )
    found = problems(path, f"[routing]\nsemantic = 'maybe'\n{text}")
    assert [problem.split(": ")[0] for problem in found] == [
        f"models.toml:{line}" for line in (2, 11, 14, 20)
    ]


def test_the_error_names_the_file_and_holds_every_problem(path: Path) -> None:
    with pytest.raises(ModelsFileError) as caught:
        load(path, f"{SMALL}rpm = 0\ntpm = 0\n")
    assert str(path) in str(caught.value)
    assert str(caught.value).count("models.toml:") == 2


@pytest.mark.parametrize(
    ("key", "value"), [("api_key_env", "sk-live-0123"), ("base_url", "http://user:sk-live-0123@host/v1")]
)
def test_a_secret_in_the_wrong_place_is_not_repeated(path: Path, key: str, value: str) -> None:
    text = "\n".join(line for line in SMALL.splitlines() if not line.startswith(key))
    (found,) = problems(path, f'{text}\n{key} = "{value}"\n')
    assert key in found
    assert "sk-live" not in found


@pytest.mark.parametrize("key", ["api_key_env = 'KEY'", "base_url = 'http://127.0.0.1/v1'"])
def test_a_model_that_runs_here_has_no_use_for_an_address_or_a_key(path: Path, key: str) -> None:
    (found,) = problems(path, f"[[models]]\nname = 'e'\nprovider = 'extractive'\n{key}\n")
    assert "models.toml:4: model 'e'" in found
    assert "remove it" in found


def test_a_file_that_is_not_there_is_an_error_that_says_so(path: Path) -> None:
    with pytest.raises(ModelsFileError, match="there is no file"):
        load_catalogue(path)


def test_what_is_no_file_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelsFileError, match="is not a file"):
        load_catalogue(tmp_path)
    with pytest.raises(ModelsFileError, match="is not a file"):
        load_catalogue(Path("/dev/zero"))
    with pytest.raises(ModelsFileError, match="cannot be read"):
        load_catalogue(Path("\0"))


def test_a_file_that_is_not_text_is_an_error_with_the_line(path: Path) -> None:
    path.write_bytes(b"# caf\xc3\xa9\n# caf\xe9\n")
    with pytest.raises(ModelsFileError, match=r"models\.toml:2: there is text that is not UTF-8"):
        load_catalogue(path)


def test_a_file_that_is_far_too_large_is_refused(path: Path) -> None:
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ModelsFileError, match="larger than 1000000 bytes"):
        load_catalogue(path)


def test_the_example_that_comes_with_the_worker_can_be_used_as_it_is() -> None:
    example = Path(__file__).parents[4] / "projects" / "analysis_worker" / "models.example.toml"
    catalogue = load_catalogue(example)
    assert [model.name for model in catalogue.models] == ["small", "local", "extractive"]
    assert catalogue.models[0].input_price > 0
