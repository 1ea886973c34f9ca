import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.settings import ApiKeys

KEY = "a-key-of-twenty-char"
OTHER = "another-key-of-twenty"

tenants = st.from_regex(r"[a-z0-9_-]{1,64}", fullmatch=True)
keys = st.from_regex(r"[A-Za-z0-9._~+/-]{16,40}", fullmatch=True)


def test_each_key_names_its_tenant() -> None:
    api_keys = ApiKeys.parse(f"acme:{KEY}, globex:{OTHER}")
    assert (api_keys.tenant_of(KEY), api_keys.tenant_of(OTHER)) == ("acme", "globex")


def test_a_tenant_may_hold_several_keys() -> None:
    api_keys = ApiKeys.parse(f"acme:{KEY},acme:{OTHER}")
    assert api_keys.tenants == ("acme",)
    assert api_keys.tenant_of(OTHER) == "acme"


@pytest.mark.parametrize("presented", ["", KEY[:-1], KEY + "x", KEY.upper(), "é" * 20, "\udc80"])
def test_a_key_that_is_not_known_names_nobody(presented: str) -> None:
    assert ApiKeys({KEY: "acme"}).tenant_of(presented) is None


def test_no_keys_admit_nobody() -> None:
    assert ApiKeys({}).tenant_of("") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("just-a-key-without-tenant", "entry 1 is not of the form tenant:key"),
        (f"acme:{KEY},", "entry 2 is not of the form tenant:key"),
        (f"ACME:{KEY}", "the tenant of entry 1"),
        (f":{KEY}", "the tenant of entry 1"),
        (f"{'t' * 65}:{KEY}", "the tenant of entry 1"),
        (f"acme:{KEY},globex:fifteen-chars-x", "the key of entry 2 is shorter than 16"),
        ("acme:a key with spaces in it", "the key of entry 1 may hold"),
        (f"acme:{KEY},globex:{KEY}", "entry 2 repeats a key of another tenant"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_position_without_its_key(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        ApiKeys.parse(text)
    for key in (entry.partition(":")[2] for entry in text.split(",")):
        assert not key or key not in str(caught.value)


def test_a_key_shorter_than_the_minimum_is_refused_in_code_too() -> None:
    with pytest.raises(ValueError, match="shorter than 16"):
        ApiKeys({"short": "acme"})


@given(st.dictionaries(keys, tenants, min_size=1, max_size=4))
def test_what_is_parsed_is_what_was_written(mapping: dict[str, str]) -> None:
    text = ",".join(f"{tenant}:{key}" for key, tenant in mapping.items())
    assert ApiKeys.parse(text).get_secret_value() == mapping


def test_a_copy_of_the_mapping_cannot_change_the_keys() -> None:
    api_keys = ApiKeys({KEY: "acme"})
    api_keys.get_secret_value()[OTHER] = "intruder"
    assert api_keys.tenant_of(OTHER) is None


def test_keys_are_never_shown() -> None:
    api_keys = ApiKeys({KEY: "acme"})
    assert KEY not in repr(api_keys) + str(api_keys) + f"{[api_keys]}"
    assert "acme" in repr(api_keys)
