"""The rules about bricks hold in this workspace. That each rule can fail is shown in test_rules.py."""

import importlib
from pathlib import Path

import pytest

from workspace.brick_lists import wrong_lists
from workspace.imports import NAMESPACE, bricks_of
from workspace.rules import broken_inits, broken_interfaces, cycles, forbidden_imports, imported_bases

ROOT = Path(__file__).parents[2]

# The standalone is the other services in one process.
COMPOSERS = frozenset({"standalone"})

# What each component may import, the design's table. A new brick gets its row here first.
MAY_IMPORT = {
    brick: frozenset(others.split())
    for brick, others in {
        "schemas": "",
        "settings": "",
        "telemetry": "settings",
        "process": "settings telemetry",
        "persistence": "settings",
        "events": "schemas persistence telemetry",
        "rabbit_bus": "schemas events telemetry",
        "memory_bus": "schemas events",
        "budget": "persistence",
        "llm_routing": "budget persistence telemetry",
        "llm_providers": "llm_routing",
        "embeddings": "persistence",
        "texts": "",
        "documents": "schemas events persistence texts",
        "jobs": "schemas events persistence",
        "webhooks": "schemas events persistence",
        "analysis": "schemas events llm_routing persistence texts",
        "reporting": "schemas events persistence",
        "web": "settings telemetry",
        "operator_api": "schemas events persistence web",
        "drill": (
            "schemas telemetry persistence events memory_bus documents jobs analysis reporting llm_routing"
            " llm_providers"
        ),
        "contracts": "schemas events",
        "affected": "",
        "embedded": "settings",
        "client": "documents jobs reporting",
    }.items()
}


def assert_none(wrong: list[str]) -> None:
    assert not wrong, "\n".join(["", *wrong])


def test_bricks_import_each_other_only_by_the_names_in_all() -> None:
    assert_none(broken_interfaces(ROOT))


def test_no_bricks_import_each_other_in_a_cycle() -> None:
    assert_none(cycles(ROOT))


def test_no_component_imports_a_base_and_only_the_standalone_composes_bases() -> None:
    assert_none(imported_bases(ROOT, COMPOSERS))


def test_components_import_only_what_the_design_allows_them() -> None:
    assert_none(forbidden_imports(ROOT, MAY_IMPORT))


def test_the_workspace_and_its_projects_list_exactly_the_bricks_they_need() -> None:
    assert_none(wrong_lists(ROOT))


def test_the_init_of_a_component_is_a_docstring_imports_and_all() -> None:
    assert_none(broken_inits(ROOT))


@pytest.mark.parametrize("name", sorted(bricks_of(ROOT)))
def test_each_name_a_brick_offers_exists(name: str) -> None:
    module = importlib.import_module(f"{NAMESPACE}.{name}")

    assert [each for each in bricks_of(ROOT)[name].interface() if not hasattr(module, each)] == []


def test_the_workspace_has_bricks_to_check() -> None:
    assert {"events", "http_api"} <= bricks_of(ROOT).keys()
