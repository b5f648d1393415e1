"""The store of finished parts: what comes back, torn lines, lines of something else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from superposition_numerics.part_store import PartStore, part_key
from superposition_theory import InputError

SCHEMA = "superposition.example"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "parts.jsonl"


def opened(path: Path) -> PartStore:
    return PartStore(path, SCHEMA, 1)


def filled(path: Path) -> bytes:
    store = opened(path)
    store.append("a", [0.1, 1e-300])
    store.append("b", {"x": None})
    return path.read_bytes()


def changed(**fields: object) -> bytes:
    return json.dumps({"schema": SCHEMA, "version": 1, "key": "a", "value": 1, **fields}).encode()


def test_what_is_appended_is_found_again(path: Path) -> None:
    assert opened(path).get("a") is None
    assert not path.exists()
    filled(path)
    assert dict(opened(path)) == {"a": [0.1, 1e-300], "b": {"x": None}}
    assert opened(path).get("c") is None


def test_a_value_is_given_out_as_it_will_be_read(path: Path) -> None:
    store, value = opened(path), {"x": (1, 2)}
    store.append("a", value)
    value["x"] = (3, 4)
    assert store.get("a") == opened(path).get("a") == {"x": [1, 2]}


def test_the_last_value_counts(path: Path) -> None:
    filled(path)
    opened(path).append("a", 2)
    assert list(opened(path)) == [("a", 2), ("b", {"x": None})]
    assert len(path.read_bytes().splitlines()) == 3


def test_record_has_schema_and_version(path: Path) -> None:
    first = filled(path).splitlines()[0]
    assert json.loads(first) == json.loads(changed(value=[0.1, 1e-300]))


def test_every_line_is_on_the_disk_before_append_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda number: sizes.append(os.fstat(number).st_size))
    store = opened(path)
    store.append("a", 1)
    first = path.stat().st_size
    store.append("b", 2)
    assert sizes == [first, path.stat().st_size]


def test_a_line_cut_off_anywhere_is_skipped_and_spoils_no_other(path: Path) -> None:
    whole = filled(path)
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole) - 1):
        path.write_bytes(whole[:cut])
        store = opened(path)
        assert dict(store) == {"a": [0.1, 1e-300]}
        store.append("c", 3)
        assert dict(opened(path)) == {"a": [0.1, 1e-300], "c": 3}
        assert path.read_bytes().startswith(whole[:cut])


def test_a_line_that_lacks_only_its_end_is_whole(path: Path) -> None:
    whole = filled(path)
    path.write_bytes(whole[:-1])
    store = opened(path)
    assert store.get("b") == {"x": None}
    store.append("c", 3)
    assert path.read_bytes().startswith(whole)


def test_zeros_of_a_lost_block_are_skipped(path: Path) -> None:
    whole = filled(path)
    path.write_bytes(whole + b"\0" * 40)
    store = opened(path)
    store.append("c", 3)
    assert [key for key, _ in opened(path)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("contents", "line"),
    [
        (b"A letter.\n", 1),
        (b"3\n", 1),
        (b"[1, 2]\n", 1),
        (b"\xff\xfe\n", 1),
        (b"[" * 100_000 + b"\n", 1),
        (b'{"a": 1}\n', 1),
        (changed() + b"\n" + changed(schema="superposition.result") + b"\n", 2),
        (changed(version=2) + b"\n", 1),
        (changed(key=[1]) + b"\n", 1),
        (changed(more=1) + b"\n", 1),
        (changed() + b"\ngarbage\n" + changed() + b"\n", 2),
        # torn off a line of another schema, or of another version
        (b'{"schema": "superposition.other", "version": 1, "k\n', 1),
        (b'{"schema": "superposition.example", "version": 2, "k\n', 1),
    ],
    ids=range(13),
)
def test_a_file_of_something_else_is_refused_and_left_alone(
    path: Path, contents: bytes, line: int
) -> None:
    path.parent.mkdir()
    path.write_bytes(contents)
    with pytest.raises(InputError, match=rf"line {line} is not of this store; accepted: .*ple', v"):
        opened(path)
    assert path.read_bytes() == contents


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as a store"):
        opened(tmp_path)


def test_a_key_depends_on_values_types_and_order() -> None:
    keys = [part_key(1, 2), part_key(2, 1), part_key([1, 2]), part_key(1.0, 2), part_key("1", 2)]
    assert len(set(keys)) == len(keys)
    assert part_key(1, 2) == keys[0]
