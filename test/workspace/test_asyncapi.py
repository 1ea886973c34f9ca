"""The AsyncAPI document is a valid one, says AsyncAPI's own parser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from brickline.contracts import Contract, Pipeline, Revision, Snapshot, reader_schema, render, writer_schema
from support.node import AsyncApiParser
from support.pipelines import group, payload, service
from support.zoo import PETS, zoo

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "development" / "asyncapi"
KEPT = ROOT / "docs" / "asyncapi.json"


@pytest.fixture(scope="module")
def parser() -> AsyncApiParser:
    return AsyncApiParser(FOLDER)


def with_an_older_version() -> str:
    """Draw a topic of which the snapshot retains a version before the newest."""
    newest = payload("pets.seen", {"name": str}, version=2, upcasters={1: dict})
    services = [service("zoo", 0, publishes=(newest,)), service("keeper", 1, group("keeper", newest))]
    old = Revision(1, 1, Contract("pets.seen", 1, writer_schema(PETS), reader_schema(PETS)))
    drawn = render(Pipeline(services, [newest]), "asyncapi", {"pets.seen": Snapshot("pets.seen", (old,))})
    assert '"pets.seen.v1"' in drawn
    return drawn


def test_a_document_of_the_map_has_neither_errors_nor_warnings(
    parser: AsyncApiParser, tmp_path: Path
) -> None:
    documents = {
        "the kept one": KEPT.read_text("utf-8"),
        "all that models can have": render(zoo(), "asyncapi"),
        "an older version out of its snapshot": with_an_older_version(),
        "nothing": render(Pipeline([], []), "asyncapi"),
    }
    complaints = parser.complaints(list(documents.values()), tmp_path)
    assert dict(zip(documents, complaints, strict=True)) == {name: [] for name in documents}


def broken(path: str, value: object) -> str:
    """Return the kept document with another value at a place."""
    document: dict[str, Any] = json.loads(KEPT.read_text("utf-8"))
    *steps, last = path.split("/")
    node = document
    for step in steps:
        node = node[step]
    assert last in node
    node[last] = value
    return json.dumps(document)


def test_a_broken_document_is_found_out(parser: AsyncApiParser, tmp_path: Path) -> None:
    where = {
        "info": broken("info/version", 1),
        "channels.data.processed": broken("channels/data.processed/address", 1),
        "operations.ingestion.send.data.processed": broken("channels/data.processed/messages", {}),
        "components.schemas.DataProcessed": broken("components/schemas/DataProcessed/type", "text"),
    }
    complaints = parser.complaints(list(where.values()), tmp_path)
    for path, said in zip(where, complaints, strict=True):
        assert any(each.severity == "error" and each.path.startswith(path) for each in said), (path, said)


def test_the_files_that_install_the_parser_name_no_address() -> None:
    for file in (each for each in FOLDER.iterdir() if each.is_file()):
        assert re.findall(r"https?:|\"resolved\"", file.read_text("utf-8")) == [], file


def test_every_package_of_the_lock_is_pinned_by_a_digest() -> None:
    packages = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["packages"]
    assert len(packages) > 100
    assert [name for name, each in packages.items() if name and "integrity" not in each] == []
