"""Weights beside the results and in files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from superposition_numerics.sweeps.weights import get_weights, put_weights, weights_are_there
from superposition_numerics.weights import read_weights
from superposition_theory import InputError


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("columns", "filed"), [(84, False), (85, True)])  # 3 columns + 3 <= 256
def test_weights_come_back_as_they_were(
    tmp_path: Path, dtype: str, columns: int, filed: bool
) -> None:
    rng = np.random.default_rng(0)
    weights = {"W": rng.normal(size=(3, columns)).astype(dtype), "b": np.zeros(3, dtype)}
    weights["W"][0, :2] = 1e-45, -0.0
    data = json.loads(json.dumps(put_weights(weights, tmp_path, "key")))
    assert (tmp_path / "weights" / "key.npz").exists() == filed == ("file" in data)
    assert weights_are_there(data, tmp_path)
    again = get_weights(data, tmp_path, dtype)
    assert {name: (a.dtype, a.shape, a.tobytes()) for name, a in again.items()} == {
        name: (a.dtype, a.shape, a.tobytes()) for name, a in weights.items()
    }


@pytest.fixture
def filed(tmp_path: Path) -> dict[str, str]:
    return put_weights({"W": np.ones((20, 20))}, tmp_path, "key")


def test_files_are_read_as_weights_of_a_model(tmp_path: Path, filed: dict[str, str]) -> None:
    path = tmp_path / filed["file"]
    matrix = read_weights(path, tensor="W", layout="features-in-columns")
    assert (matrix.values == 1).all()


def test_nothing_else_is_left_in_the_folder(tmp_path: Path, filed: dict[str, str]) -> None:
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["key.npz"]
    assert filed == {"file": "weights/key.npz"}


def test_a_kill_in_the_middle_leaves_no_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(file: object, **_: object) -> None:
        file.write(b"PK")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", cut_off)
    with pytest.raises(KeyboardInterrupt):
        put_weights({"W": np.ones((20, 20))}, tmp_path, "key")
    monkeypatch.undo()
    assert not (tmp_path / "weights" / "key.npz").exists()
    data = put_weights({"W": np.ones((20, 20))}, tmp_path, "key")
    assert get_weights(data, tmp_path, "float64")["W"].sum() == 400


@pytest.mark.parametrize(
    "contents",
    [None, b"", b"PK", "cut", "zeros", "pickle"],
    ids=["gone", "empty", "head", "cut", "zeros", "pickle"],
)
def test_files_that_are_refused(tmp_path: Path, filed: dict[str, str], contents: object) -> None:
    path = tmp_path / filed["file"]
    whole = path.read_bytes()
    if contents is None:
        path.unlink()
    elif contents == "cut":
        path.write_bytes(whole[:-100])
    elif contents == "zeros":
        path.write_bytes(whole[:1000] + bytes(100) + whole[1100:])
    elif contents == "pickle":
        with path.open("wb") as file:
            np.savez(file, W=np.array([{}], dtype=object))
    elif isinstance(contents, bytes):
        path.write_bytes(contents)
    with pytest.raises(InputError, match=r"key\.npz cannot be read as weights: .*; accepted: the"):
        get_weights(filed, tmp_path, "float64")
