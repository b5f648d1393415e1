"""The store of results survives kills and touches nothing that is not a store."""

import dataclasses
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from proofs.ledger_samples import FAILS, HOLDS
from superposition_proofs.ledger import EvidenceResult, Level, ResultStore, Status, result_key
from superposition_theory.errors import InputError

RESULT = EvidenceResult("c", "e", Status.proved, HOLDS, {"near": FAILS}, 0.25, "first")
SECOND = dataclasses.replace(RESULT, key="second", outcome=FAILS)
THIRD = dataclasses.replace(RESULT, key="third")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "results.jsonl"


def filled(path: Path, *results: EvidenceResult) -> bytes:
    store = ResultStore(path)
    for result in results:
        store.append(result)
    return path.read_bytes()


def test_what_is_appended_is_found_again(path: Path) -> None:
    store = ResultStore(path)
    assert not path.parent.exists()
    assert store.get("first") is None
    store.append(RESULT)
    store.append(SECOND)
    for opened in (store, ResultStore(str(path))):
        assert (len(opened), opened.skipped) == (2, ())
        assert opened.get("first") == RESULT
        assert opened.get("second") == SECOND
        assert opened.get("third") is None


def test_record_has_schema_version_and_key(path: Path) -> None:
    (line,) = filled(path, RESULT).splitlines()
    assert json.loads(line) == {
        "schema": "superposition.result",
        "version": 1,
        "key": "first",
        "result": RESULT.to_dict(),
    }


def test_every_line_is_on_the_disk_before_append_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda number: sizes.append(os.fstat(number).st_size))
    store = ResultStore(path)
    store.append(RESULT)
    first = path.stat().st_size
    store.append(SECOND)
    assert sizes == [first, path.stat().st_size]


def test_results_with_an_error_are_kept_but_not_given_out(path: Path) -> None:
    broken = dataclasses.replace(RESULT, outcome=None, error="boom")
    filled(path, broken)
    store = ResultStore(path)
    assert (len(store), store.get("first")) == (1, None)
    store.append(RESULT)
    assert store.get("first") == RESULT
    assert ResultStore(path).get("first") == RESULT


@pytest.mark.parametrize("cut", range(1, 1000, 7))
def test_a_line_cut_off_anywhere_is_ignored_and_the_next_one_begins_afresh(
    path: Path, cut: int
) -> None:
    whole = filled(path, RESULT, SECOND)
    first, second, _ = whole.split(b"\n")
    cut = min(cut, len(second) - 1)
    path.write_bytes(whole[: len(first) + 1 + cut])
    store = ResultStore(path)
    assert (len(store), store.skipped, store.get("second")) == (1, (2,), None)
    store.append(THIRD)
    reopened = ResultStore(path)
    assert reopened.skipped == (2,)
    assert (reopened.get("first"), reopened.get("third")) == (RESULT, THIRD)
    assert path.read_bytes().startswith(whole[: len(first) + 1 + cut])


def test_a_line_cut_off_just_before_its_end_is_whole(path: Path) -> None:
    whole = filled(path, RESULT)
    path.write_bytes(whole[:-1])
    store = ResultStore(path)
    assert (store.get("first"), store.skipped) == (RESULT, ())
    store.append(SECOND)
    assert path.read_bytes().startswith(whole)
    assert (len(ResultStore(path)), ResultStore(path).skipped) == (2, ())


@pytest.mark.parametrize("first_line_only", [True, False])
def test_zeros_of_a_lost_block_are_ignored(path: Path, first_line_only: bool) -> None:
    whole = b"" if first_line_only else filled(path, RESULT)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(whole + b"\0" * 40)
    store = ResultStore(path)
    assert store.skipped == ((1,) if first_line_only else (2,))
    store.append(SECOND)
    assert ResultStore(path).get("second") == SECOND


@pytest.mark.parametrize("garbage", [b"\xff\xfe\x00garbage", b"garbage", b"{]", b"[" * 100_000])
def test_a_garbled_last_line_is_ignored(path: Path, garbage: bytes) -> None:
    whole = filled(path, RESULT)
    path.write_bytes(whole + garbage)
    store = ResultStore(path)
    assert (store.get("first"), store.skipped) == (RESULT, (2,))
    store.append(SECOND)
    assert path.read_bytes().startswith(whole + garbage + b"\n")


def changed(**fields: Any) -> bytes:
    record = {
        "schema": "superposition.result",
        "version": 1,
        "key": "first",
        "result": RESULT.to_dict(),
    }
    return json.dumps({**record, **fields}).encode()


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"A letter.\n", r"results.jsonl, line 1 is not JSON; a store of results holds"),
        (b"A letter.\nIn two lines.\n", r"line 1 is not JSON"),
        (changed() + b"\ngarbage\n" + changed() + b"\n", r"line 2 is not JSON"),
        (changed() + b"\n\xff\xfe\n" + changed() + b"\n", r"line 2 is not JSON"),
        (b"[1, 2]\n", r"line 1 is not a result .*no such schema"),
        (b'{"schema": "another"}\n', r"line 1 is not a result .*no such schema"),
        (changed() + b"\n3", r"line 2 is not a result .*no such schema"),
        (changed(version=2), r"line 1 is not a result .*version 2"),
        (changed(key="other"), r"line 1 is not a result .*two different keys"),
        (changed(result={}), r"line 1 is not a result .*KeyError\('outcome'\)"),
        (changed(result=[]), r"line 1 is not a result .*TypeError"),
        (changed(result={**RESULT.to_dict(), "kind": "sure"}), r"ValueError.*sure"),
        (changed(result={**RESULT.to_dict(), "controls": []}), r"AttributeError"),
        (changed(result={**RESULT.to_dict(), "outcome": {"x": 1}}), r"TypeError"),
        (changed(result={**RESULT.to_dict(), "outcome": None}), r"outcome is None"),
    ],
)
def test_a_file_of_something_else_is_refused_and_left_alone(
    path: Path, contents: bytes, message: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(contents)
    with pytest.raises(InputError, match=message):
        ResultStore(path)
    assert path.read_bytes() == contents


def test_a_path_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read as a store of results"):
        ResultStore(tmp_path)


def test_empty_file_is_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert len(ResultStore(path)) == 0
    assert filled(path, RESULT).startswith(b"{")


def test_mode_and_contents_of_the_file_are_kept(path: Path) -> None:
    whole = filled(path, RESULT)
    path.chmod(0o640)
    filled(path, SECOND)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes().startswith(whole)


def test_two_stores_on_one_file_do_not_overwrite_each_other(path: Path) -> None:
    one, two = ResultStore(path), ResultStore(path)
    one.append(RESULT)
    two.append(SECOND)
    one.append(THIRD)
    assert [json.loads(line)["key"] for line in path.read_bytes().splitlines()] == [
        "first",
        "second",
        "third",
    ]


def test_key_depends_on_everything() -> None:
    arguments: list[tuple[Any, ...]] = [
        ("f", "c", "e", Status.checked, Level.quick, 0),
        ("g", "c", "e", Status.checked, Level.quick, 0),
        ("f", "d", "e", Status.checked, Level.quick, 0),
        ("f", "c", "d", Status.checked, Level.quick, 0),
        ("f", "c", "e", Status.proved, Level.quick, 0),
        ("f", "c", "e", Status.checked, Level.full, 0),
        ("f", "c", "e", Status.checked, Level.quick, 1),
        ("f", "ce", "", Status.checked, Level.quick, 0),
    ]
    assert len({result_key(*row) for row in arguments}) == len(arguments)
    assert result_key(*arguments[0]) == result_key(*arguments[0])
