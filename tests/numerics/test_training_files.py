"""Runs in files: nothing is lost, nothing is unpickled, nothing damaged is accepted."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from superposition_numerics.training import (
    DataSet,
    Instance,
    Model,
    Plan,
    Problem,
    Run,
    Samples,
    Sgd,
    files,
    instances_of,
    read_run,
    save_run,
    spectral_trace,
    train,
)
from superposition_numerics.weights import list_tensors, read_weights
from superposition_theory import InputError

PROBLEM = Problem(Model("relu", 3, 2), instances_of(densities=[0.1, 0.7], seeds=[4]))
WEIGHTS = {"W": np.array([np.eye(2, 3), 90 * np.ones((2, 3))]), "b": np.zeros((2, 3))}
PLANS = {
    "plain": Plan(PROBLEM, Samples(16), steps=6, records=3),
    "diverged": Plan(PROBLEM, Samples(16), Sgd(0.1), 6, 3, WEIGHTS),
    "untied": Plan(
        Problem(Model("absolute", 3, 2, tied=False, hidden_bias=True)),
        DataSet(np.eye(3)),
        steps=6,
        dtype="float64",
    ),
    "silent": Plan(Problem(Model("relu", 2, 1), [Instance(0.0)]), Samples(4), steps=2),
}


def run_of(name: str) -> Run:
    return train(PLANS[name])


def saved(folder: Path, suffix: str = ".npz") -> Path:
    file = folder / f"run{suffix}"
    save_run(run_of("plain"), file)
    return file


@pytest.mark.parametrize("suffix", files.SUFFIXES)
@pytest.mark.parametrize("name", PLANS)
def test_nothing_is_lost(name: str, suffix: str, tmp_path: Path) -> None:
    run, file = run_of(name), tmp_path / f"run{suffix}"
    save_run(run, file)
    given = {"source": run.plan.source} if name == "untied" else {}
    again = read_run(file, **given)
    assert again.plan == run.plan
    for field in ("steps", "losses", "flat", "ended"):
        one, other = getattr(again, field), getattr(run, field)
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert again.endings == run.endings
    if name == "diverged":
        assert run.endings == ("completed", "diverged")
    first = file.read_bytes()
    save_run(again, file)
    assert file.read_bytes() == first  # byte for byte
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_weights_and_spectral_quantities_are_found_by_other_readers(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_ENTRIES", 24)  # two records at a time
    file, run = saved(tmp_path, suffix), run_of("plain")
    shapes = {one.name: (one.shape, one.dtype) for one in list_tensors(file)}
    assert shapes["final/1/W"] == ((2, 3), "float32")
    assert shapes["final/1/b"] == ((3,), "float32")
    for k in range(2):
        read = read_weights(file, tensor=f"final/{k}/W", layout="features-in-columns")
        np.testing.assert_array_equal(read.values, run.final["W"][k])
    trace = spectral_trace(run)
    arrays = load_file(file) if suffix == ".safetensors" else dict(np.load(file))
    for field in fields(trace):
        if field.name != "steps":
            np.testing.assert_array_equal(
                arrays[f"spectral/{field.name}"], getattr(trace, field.name)
            )


def test_the_header_says_everything(tmp_path: Path) -> None:
    header = json.loads(bytes(np.load(saved(tmp_path))["header"]))
    assert header["schema"] == "superposition.training.run"
    assert header["version"] == 1
    assert header["plan"] == json.loads(json.dumps(PLANS["plain"].to_dict()))
    assert header["endings"] == ["completed", "completed"]
    assert header["environment"]["numpy"] == np.__version__
    assert set(header["environment"]) == {"spectral-superposition", "numpy", "scipy"}


def test_a_data_set_has_to_be_given(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    save_run(run_of("untied"), file)
    with pytest.raises(
        InputError, match=r"source is 'data-set'; accepted: .* or the object itself"
    ):
        read_run(file)
    with pytest.raises(InputError, match="source is not what the plan was made with: sha256"):
        read_run(file, source=DataSet(2 * np.eye(3)))
    with pytest.raises(InputError, match="given has the unknown setting data"):
        read_run(file, data=np.eye(3))


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_truncated_files_are_refused(suffix: str, tmp_path: Path) -> None:
    file = saved(tmp_path, suffix)
    data = file.read_bytes()
    for length in (0, 1, 7, 8, 9, 100, len(data) // 2, len(data) - 100, len(data) - 1):
        file.write_bytes(data[:length])
        with pytest.raises(InputError, match="run"):
            read_run(file)
        with pytest.raises(InputError, match="run"):
            train(PLANS["plain"], checkpoint=file)
        assert file.read_bytes() == data[:length]  # what is there is left


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_damaged_files_are_refused_or_unharmed(suffix: str, tmp_path: Path) -> None:
    file, run = saved(tmp_path, suffix), run_of("plain")
    data = file.read_bytes()
    refused, rng = 0, np.random.default_rng(0)
    places = rng.integers(len(data), size=60)
    for at in places:
        file.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        try:
            again = read_run(file)
        except InputError:
            refused += 1
        else:  # a byte of the archive that means nothing, such as a date
            assert again.plan == run.plan
            np.testing.assert_array_equal(again.flat, run.flat)
            np.testing.assert_array_equal(again.losses, run.losses)
    assert refused > len(places) / 2
    assert suffix == ".npz" or refused == len(places)


class Bomb:
    """What runs code where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('unpickled')",)


def rewritten(file: Path, **changes: Any) -> Path:
    """Replace some arrays of a file."""
    arrays = dict(np.load(file)) | changes
    np.savez(file, **arrays)
    return file


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    file = rewritten(saved(tmp_path), losses=np.array([Bomb()]))
    with pytest.raises(InputError, match=r"damaged or not of a run .*pickle"):
        read_run(file)
    file = rewritten(saved(tmp_path), header=np.array([Bomb()]))
    with pytest.raises(InputError, match="damaged or not of a run"):
        read_run(file)


def test_changed_numbers_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path)
    arrays = dict(np.load(file))
    arrays["losses"][0, 0] += 1e-9
    for changes in ({"losses": arrays["losses"]}, {"more": np.zeros(1)}):
        with pytest.raises(InputError, match="its numbers are not those that were written"):
            read_run(rewritten(saved(tmp_path), **changes))


def test_tensors_with_a_changed_number_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, ".safetensors")
    text = files._read_safetensors(file)[0]
    tensors = load_file(file)
    save_file(tensors, file, {"header": text})
    assert read_run(file).plan == PLANS["plain"]  # as it was
    tensors["flat"][0, 0, 0] += 1
    save_file(tensors, file, {"header": text})
    with pytest.raises(InputError, match="its numbers are not those that were written"):
        read_run(file)


@pytest.mark.parametrize("name", ["weights.npz", "weights.safetensors"])
def test_files_of_something_else_are_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if file.suffix == ".npz":
        np.savez(file, W=np.eye(2))
    else:
        save_file({"W": np.eye(2)}, file)
    with pytest.raises(InputError, match=f"{name} is damaged or not of a run"):
        read_run(file)
    with pytest.raises(InputError, match=f"{name} is damaged or not of a run"):
        train(PLANS["plain"], checkpoint=file)


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("VERSION", 2, "version 2; accepted: 'superposition.training.run', version 1"),
        ("SCHEMA", "superposition.sweep", "is of schema 'superposition.sweep', version 1"),
    ],
)
def test_other_versions_are_refused(name: str, value: Any, match: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, name, value)
        file = saved(tmp_path)
    with pytest.raises(InputError, match=match):
        read_run(file)
    with pytest.raises(InputError, match=match):
        train(PLANS["plain"], checkpoint=file)


def test_claims_of_size_are_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    stream = io.BytesIO()
    np.save(stream, np.zeros(1))
    header = stream.getvalue()[:-8].replace(b"(1,), }            ", b"(1000000000000,), }")
    assert b"1000000000000" in header
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("losses.npy", header)
    with pytest.raises(InputError, match="claims 8000000000000 bytes of numbers"):
        read_run(file)


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("losses", np.zeros((4, 1)), r"no losses of float64 in the shape \(4, 2\)"),
        ("losses", np.full((4, 2), np.nan), "has losses that are not finite"),
        ("flat", np.zeros((4, 2, 9)), r"no flat of float32 in the shape \(4, 2, 9\)"),
        ("ended", np.zeros(2), "no ended of int64"),
        ("endings", ("completed",), "has other endings than its instances"),
        ("endings", ("completed", "lost"), "has other endings"),
    ],
)
def test_runs_that_do_not_fit_their_plan_are_refused(
    field: str, value: Any, match: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.npz"
    with np.errstate(invalid="ignore"):
        save_run(replace(run_of("plain"), **{field: value}), file)
    with pytest.raises(InputError, match=match):
        read_run(file)


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("run.pt", "path is 'run.pt'; accepted: .npz or .safetensors files"),
        ("nowhere/run.npz", "accepted: a file in a folder that exists"),
        (7, "path is 7; accepted: a path"),
    ],
)
def test_paths_that_are_refused(path: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        save_run(run_of("silent"), path)
    with pytest.raises(InputError, match=match):
        read_run(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run\.npz: no such file"):
        read_run(tmp_path / "run.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InputError, match=r"folder\.npz: is a directory"):
        read_run(tmp_path / "folder.npz")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(tmp_path)
    before = file.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"run.npz cannot be written \(No space left on device\)"):
        save_run(run_of("diverged"), file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
