"""Results are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from superposition_proofs.files import output_directory, write_file, write_text
from superposition_theory import InputError


def fail_with(error: BaseException) -> object:
    """Return a writer that begins to write and then raises."""

    def write(temporary: Path) -> None:
        temporary.write_text("half", encoding="utf-8")
        raise error

    return write


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        pytest.param(OSError(28, "No space left on device"), InputError, id="disk full"),
        pytest.param(ValueError("bad figure"), ValueError, id="bug in the writer"),
        pytest.param(KeyboardInterrupt(), KeyboardInterrupt, id="Ctrl-C"),
    ],
)
def test_a_failing_writer_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: BaseException, raised: type[BaseException]
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(raised):
        write_file(path, fail_with(error))  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_writer_leaves_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.txt cannot be written \(No space left on device\)"):
        write_file(tmp_path / "a.txt", fail_with(OSError(28, "No space left on device")))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_the_writer_sees_a_temporary_file_of_the_same_suffix_in_the_same_folder(
    tmp_path: Path,
) -> None:
    seen: list[Path] = []

    def write(temporary: Path) -> None:
        seen.append(temporary)
        temporary.write_bytes(b"new")

    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    assert write_file(path, write) == path
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    (temporary,) = seen
    assert temporary != path
    assert (temporary.parent, temporary.suffix) == (tmp_path, ".pdf")


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_written_file_can_be_read_by_others(tmp_path: Path) -> None:
    assert write_text(tmp_path / "a.txt", "x").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("text", ["", "a\n", "∑ D ≤ rank\n", "\U0001d400"])
def test_text_is_written_as_utf8(tmp_path: Path, text: str) -> None:
    assert write_text(tmp_path / "a.txt", text).read_bytes() == text.encode()


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("missing/a.txt", id="no such folder"),
        pytest.param("file/a.txt", id="the folder is a file"),
        pytest.param("folder", id="the file is a folder"),
    ],
)
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_text(tmp_path / place, "x")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "folder"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


def test_output_directory_makes_parents_and_keeps_what_exists(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert output_directory(str(path)) == path
    assert path.is_dir()
    (path / "kept.txt").write_text("x", encoding="utf-8")
    assert output_directory(path) == path
    assert (path / "kept.txt").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "file/below/deeper"])
def test_output_directory_refuses_a_file(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match=r"^out is '.*', which cannot be a directory \(.+\); acc"):
        output_directory(tmp_path / place)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"
