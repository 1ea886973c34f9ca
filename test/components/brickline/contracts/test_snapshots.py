"""A snapshot is read as it was written or not at all, and written whole or not at all."""

import json
import os
import re
from collections.abc import Callable
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brickline.contracts import (
    Contract,
    EditedSnapshot,
    NewerSnapshot,
    Retired,
    Revision,
    Schema,
    Snapshot,
    SnapshotError,
    SnapshotFolder,
    UnreadableSnapshot,
    UnwritableSnapshot,
    contract_of,
)
from brickline.contracts.snapshots import parse, text_of
from brickline.contracts.snapshots.names import FOLDER
from brickline.contracts.snapshots.text import contract_digest, digest_of
from support.gated import TOPIC, payload

FIRST = contract_of(payload(item=str))
WITH_NOTE = contract_of(payload(item=str, note=(str, "größer")))
SECOND = contract_of(payload(2, {1: dict}, item=str, amount=int))
THIRD = contract_of(payload(3, {2: dict}, item=str, amount=int))
SNAPSHOT = Snapshot(
    TOPIC,
    (Revision(2, 1, SECOND), Revision(3, 1, THIRD)),
    (Retired(1, date(2026, 1, 31), "die Schlange ist leer"),),
)
FILE = f"somewhere/{TOPIC}.json"
RESTORED_FILE = re.escape(f"{FOLDER}/{TOPIC}.json")
RESTORED = f"`git restore {RESTORED_FILE}`"

Change = Callable[[dict[str, Any]], object]


def forged(change: Change, snapshot: Snapshot = SNAPSHOT) -> bytes:
    """The file after a change by somebody who knows how to make every digest right again."""
    document = json.loads(text_of(snapshot))
    change(document)
    text = json.dumps({**document, "digest": ""}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return text.replace('"digest": ""', f'"digest": "{digest_of(text, "")}"', 1).encode()


def replaced(old: str, new: str) -> bytes:
    """The file after an edit by hand."""
    text = text_of(SNAPSHOT)
    assert old in text
    return text.replace(old, new, 1).encode()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    other = Snapshot("order.paid", (Revision(1, 1, contract_of(payload(topic="order.paid", called="Paid"))),))
    folder = SnapshotFolder(tmp_path)
    folder.write([SNAPSHOT, other])
    assert folder.read() == {TOPIC: SNAPSHOT, "order.paid": other}
    assert list(folder.read()) == ["order.paid", TOPIC]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["order.paid.json", f"{TOPIC}.json"]


def test_a_topic_that_is_no_more_is_remembered() -> None:
    gone = Snapshot(TOPIC, (), SNAPSHOT.retired)
    assert parse(text_of(gone).encode(), FILE) == gone
    assert gone.gone
    assert gone.last_version == 1


def test_a_snapshot_tells_its_versions() -> None:
    assert (SNAPSHOT.newest, SNAPSHOT.versions, SNAPSHOT.last_version) == (Revision(3, 1, THIRD), (2, 3), 3)
    assert SNAPSHOT.of_version(2) == (Revision(2, 1, SECOND),)
    assert not SNAPSHOT.gone


def test_a_file_reads_well_in_a_pull_request() -> None:
    text = text_of(SNAPSHOT)
    document = json.loads(text)
    assert text == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "die Schlange ist leer" in text
    assert document["format"] == 1
    assert document["retired"] == [{"version": 1, "on": "2026-01-31", "why": "die Schlange ist leer"}]
    assert [(each["version"], each["number"]) for each in document["revisions"]] == [(2, 1), (3, 1)]
    assert document["revisions"][0]["digest"] == contract_digest(SECOND)
    assert document["revisions"][1]["reader"] == THIRD.reader.document


def test_a_new_revision_adds_lines_and_changes_only_the_digest() -> None:
    before = Snapshot(TOPIC, (Revision(1, 1, FIRST),))
    after = Snapshot(TOPIC, (Revision(1, 1, FIRST), Revision(1, 2, WITH_NOTE)))
    difference = list(unified_diff(text_of(before).splitlines(), text_of(after).splitlines(), n=0))[2:]
    taken = [line for line in difference if line.startswith("-")]
    assert len(taken) == 1
    assert taken[0].startswith('-  "digest"')


def test_line_ends_that_git_changes_on_windows_are_no_edit() -> None:
    assert parse(text_of(SNAPSHOT).replace("\n", "\r\n").encode(), FILE) == SNAPSHOT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(replaced('"type": "integer"', '"type": "number"'), id="another type"),
        pytest.param(replaced("die Schlange", "eine Schlange"), id="another reason"),
        pytest.param(replaced('"topic"', ' "topic"'), id="another layout"),
        pytest.param(text_of(SNAPSHOT).rstrip("\n").encode(), id="no line end"),
        pytest.param(text_of(SNAPSHOT).replace(': "', ': "0', 1).encode(), id="another digest"),
        pytest.param(
            json.dumps(json.loads(text_of(SNAPSHOT))).encode(), id="all on one line, as a formatter puts it"
        ),
        pytest.param(
            forged(lambda document: document["revisions"][0].update(digest="0" * 64)),
            id="its digest",
        ),
        pytest.param(
            forged(lambda document: document["revisions"][0].update(reader=SECOND.writer.document)),
            id="schemas that are not of their digest",
        ),
    ],
)
def test_a_snapshot_edited_by_hand_is_noticed(content: bytes) -> None:
    with pytest.raises(
        EditedSnapshot, match=rf"^{FILE}: .*{RESTORED}.*`brickline contracts accept {TOPIC}`$"
    ):
        parse(content, FILE)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(replaced('"format": 1', '"format": 2'), id="of the same shape"),
        pytest.param(b'{"format": 7, "whatever": []}', id="of another shape"),
    ],
)
def test_a_newer_format_is_not_guessed_at(content: bytes) -> None:
    with pytest.raises(NewerSnapshot, match=rf"^{FILE}: has format [27].*reads format 1.*up to date"):
        parse(content, FILE)


def revision(place: int, **values: Any) -> Change:
    return lambda document: document["revisions"][place].update(values)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b"\xef\xbb\xbf" + text_of(SNAPSHOT).encode(), "byte order mark"),
        (text_of(SNAPSHOT).encode()[:-40], "not JSON"),
        (b'{"format": 1, "format": 1}', "states 'format' twice"),
        (b'{"format": NaN}', "holds NaN"),
        (b'{"format": -Infinity}', "holds -Infinity"),
        (b'{"why": "\\ud800"}', "surrogate"),
        (b"[" * 200_000, "nested deeper|not JSON"),
        (b'{"format": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[1, 2]", "is not an object"),
        (b"null", "is not an object"),
        (b'{"format": true}', "states no format"),
        (b'{"format": 1.0}', "states no format"),
        (b"{}", "states no format"),
        (b'{"format": 1}', "lacks 'digest'"),
        (replaced('  "topic"', '<<<<<<< HEAD\n  "topic"'), "a merge that was not finished"),
        (forged(lambda document: document.update(note="by hand")), "unknown 'note'"),
        (
            forged(lambda document: document.update(retired=None)),
            "'retired' of the snapshot is not of the type list",
        ),
        (forged(lambda document: document.update(topic="order.paid")), "its topic is 'order.paid'"),
        (forged(lambda document: document["revisions"].append(3)), "a revision is not an object"),
        (forged(revision(0, version="2")), "'version' of a revision is not of the type int"),
        (forged(revision(0, number=True)), "'number' of a revision is not of the type int"),
        (forged(revision(0, reader={"type": "object"})), r"reader's schema of version 2, revision 1 has no"),
        (forged(revision(0, number=2)), "revisions of version 2 are 2"),
        (forged(revision(0, version=3)), "versions are 1, 3, and"),
        (forged(lambda document: document["revisions"].reverse()), "versions are 1, 3, 2"),
        (forged(lambda document: document["revisions"].pop(0)), "versions are 1, 3"),
        (forged(lambda document: document["retired"].clear()), "versions are 2, 3"),
        (
            forged(lambda document: document["retired"].append(document["retired"][0])),
            "versions are 1, 1, 2, 3",
        ),
        (forged(lambda document: document["retired"][0].update(version=2)), "versions are 2, 2, 3"),
        (forged(lambda document: document["retired"][0].update(on="31.1.2026")), "'31.1.2026' is no date"),
        (forged(lambda document: document["retired"][0].pop("why")), "a retired version lacks 'why'"),
        (forged(lambda document: document.update(retired=[], revisions=[])), "no version at all"),
        (
            forged(lambda document: document["revisions"].append({**document["revisions"][1], "number": 2})),
            "revision 2 of version 3 repeats the one before it",
        ),
        (
            forged(lambda document: document["revisions"].append(document["revisions"][1])),
            "revisions of version 3 are 1, 1",
        ),
    ],
)
def test_what_is_no_snapshot_is_named_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableSnapshot, match=rf"^{FILE}: .*({says}).*`git restore .*{RESTORED_FILE}`"):
        parse(content, FILE)


def test_a_file_that_is_not_named_after_its_topic_is_refused() -> None:
    with pytest.raises(UnreadableSnapshot, match=rf"other\.json: its topic is '{TOPIC}'"):
        parse(text_of(SNAPSHOT).encode(), "somewhere/other.json")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_edit_makes_another_history_of_it(data: st.DataObject) -> None:
    content = text_of(SNAPSHOT).encode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    pieces = st.sampled_from([b"", b" ", b"\r", b"0", b"{}", content[start:end] * 2])
    put = data.draw(pieces | st.binary(max_size=3))
    try:
        found = parse(content[:start] + put + content[end:], FILE)
    except SnapshotError:
        return
    assert found == SNAPSHOT


def test_nothing_but_plain_files_is_opened(tmp_path: Path) -> None:
    file = tmp_path / f"{TOPIC}.json"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(text_of(SNAPSHOT))
    makers: dict[str, Callable[[], object]] = {
        "a folder": file.mkdir,
        "a link": lambda: file.symlink_to(elsewhere),
        "no file": lambda: os.mkfifo(file),  # to open one waits for somebody who writes
    }
    for kind, make in makers.items():
        make()
        with pytest.raises(UnreadableSnapshot, match=rf"{TOPIC}\.json: is {kind}, .*{RESTORED}"):
            SnapshotFolder(tmp_path).read()
        file.rmdir() if kind == "a folder" else file.unlink()


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / f"{TOPIC}.json"
    with file.open("wb") as opened:
        opened.truncate(1 << 40)
    with pytest.raises(UnreadableSnapshot, match=rf"{TOPIC}\.json: has 1,099,511,627,776 bytes, and no"):
        SnapshotFolder(tmp_path).read()


def test_what_is_not_called_json_is_left_alone(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    folder.write([SNAPSHOT])
    (tmp_path / "README.md").write_text("what stands here")
    (tmp_path / f".{TOPIC}.json.left_by_a_crash").write_text("{")
    assert folder.read() == {TOPIC: SNAPSHOT}


def test_where_there_is_no_folder_nothing_is_recorded(tmp_path: Path) -> None:
    assert SnapshotFolder(tmp_path / "snapshots").read() == {}


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "snapshots"
    path.write_text("")
    with pytest.raises(UnreadableSnapshot, match="snapshots: cannot be listed"):
        SnapshotFolder(path).read()
    with pytest.raises(UnwritableSnapshot, match="snapshots: is no folder"), SnapshotFolder(path).held():
        pass


@pytest.mark.parametrize(
    "topic",
    ["", "../a", "order/placed", "Order.placed", "order..placed", ".order", "o" * 129, "or\x00der", "naïve"],
)
def test_a_topic_that_cannot_name_a_file_is_refused(topic: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSnapshot, match="cannot name a file: call it something of lower-case"):
        SnapshotFolder(tmp_path).write([SNAPSHOT, Snapshot(topic, SNAPSHOT.revisions)])
    assert list(tmp_path.iterdir()) == []


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path)
    before = Snapshot("a", (Revision(1, 1, FIRST),))
    folder.write([before])
    (tmp_path / "z.json").mkdir()
    after = Snapshot("a", (Revision(1, 1, FIRST), Revision(1, 2, WITH_NOTE)))
    with pytest.raises(UnwritableSnapshot, match=r"z\.json: cannot be written .*all files are as they were"):
        folder.write([after, Snapshot("m", before.revisions), Snapshot("z", before.revisions)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "z.json"]
    assert (tmp_path / "a.json").read_text() == text_of(before)


@pytest.mark.parametrize(
    "part",
    [{"maximum": float("inf")}, {"pattern": "[\ud800]"}],
    ids=["an infinite bound", "half a surrogate pair"],
)
def test_a_schema_that_json_has_no_form_for_is_not_written(part: dict[str, Any], tmp_path: Path) -> None:
    schema = Schema.of({"$defs": {"Amount": part}, "$ref": "#/$defs/Amount"})
    contract = Contract(TOPIC, 1, schema, schema)
    with pytest.raises(UnwritableSnapshot, match=f"{TOPIC}: its schema holds what JSON cannot say"):
        SnapshotFolder(tmp_path).write([Snapshot(TOPIC, (Revision(1, 1, contract),))])
    assert list(tmp_path.iterdir()) == []


def test_a_merge_that_was_not_finished_has_one_way_out() -> None:
    halves = text_of(SNAPSHOT).encode()
    content = b"<<<<<<< HEAD\n" + halves + b"=======\n" + halves + b">>>>>>> theirs\n"
    with pytest.raises(UnreadableSnapshot) as caught:
        parse(content, FILE)
    assert str(caught.value) == (
        f"{FILE}: it holds the marks of a merge that was not finished: `git restore --source <the other "
        f"branch> {FOLDER}/{TOPIC}.json`, then record your own change: `brickline contracts accept {TOPIC}`"
    )


def test_what_is_wrong_in_another_commit_is_not_mended_in_the_work_tree() -> None:
    with pytest.raises(UnreadableSnapshot, match=r"it is not JSON: .*; name another$"):
        parse(b"{", FILE, way_out="name another")
