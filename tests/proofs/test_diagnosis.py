"""Diagnosis of a weight file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.samples import saturated_frame
from superposition_proofs.diagnosis import Diagnosis, diagnose
from superposition_theory import InputError

COLUMNS, ROWS = "features-in-columns", "features-in-rows"
GENERIC = np.random.default_rng(7).standard_normal((5, 12))


def saved(folder: Path, W: Any, name: str = "w.npy") -> Path:
    """Save a matrix and return the path."""
    np.save(folder / name, W)
    return folder / name


def summary(found: Diagnosis) -> dict[str, Any]:
    """Return the summary after a round trip through strict JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    text = json.dumps(found.to_dict(), allow_nan=False)
    read: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return read


def test_two_digons_by_hand(tmp_path: Path) -> None:
    # Columns (1, 0), (-1, 0), (0, 2), (0, -2), 0: F = diag(2, 8), D = 1/2 four times.
    W = np.array([[1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, -2.0, 0.0]])
    found = summary(diagnose(saved(tmp_path, W), layout=COLUMNS, null_trials=0))
    assert found["schema"] == "superposition.diagnosis"
    assert (found["source"], found["tensor"], found["layout"]) == ("w.npy", None, COLUMNS)
    assert (found["features"], found["dimensions"], found["represented"]) == (5, 2, 4)
    assert (found["rank"], found["tight"], found["localized"]) == (2, False, True)
    assert found["capacity"] == pytest.approx(2, abs=1e-12)
    assert found["saturation"] == pytest.approx(1, abs=1e-12)
    assert found["deficit"] == pytest.approx(0, abs=1e-12)
    assert abs(found["deficit_identity_residual"]) <= found["deficit_identity_bound"] < 1e-12
    assert found["frame_bounds"] == pytest.approx([2, 8])
    spaces = [(s["eigenvalue"], s["multiplicity"], s["features"]) for s in found["eigenspaces"]]
    assert spaces == [(pytest.approx(8), 1, 2), (pytest.approx(2), 1, 2)]
    assert found["null"] is None


def test_numbers_agree_with_their_definitions(tmp_path: Path) -> None:
    F = GENERIC @ GENERIC.T
    squares = (GENERIC**2).sum(axis=0)
    capacity = (squares**2 / np.einsum("ai,ab,bi->i", GENERIC, F, GENERIC)).sum()
    found = summary(diagnose(saved(tmp_path, GENERIC), layout=COLUMNS, null_trials=0))
    eigenvalues = np.linalg.eigvalsh(F)[::-1]
    assert found["capacity"] == pytest.approx(capacity, rel=1e-12)
    assert found["saturation"] == pytest.approx(capacity / 5, rel=1e-12)
    assert found["deficit"] == pytest.approx(5 - capacity, rel=1e-12)
    assert [s["eigenvalue"] for s in found["eigenspaces"]] == pytest.approx(eigenvalues)
    assert found["frame_bounds"] == pytest.approx([eigenvalues[-1], eigenvalues[0]])
    assert sum(s["features"] for s in found["eigenspaces"]) == 12


def test_rows_are_the_columns_of_the_transposed_file(tmp_path: Path) -> None:
    columns = diagnose(saved(tmp_path, GENERIC), layout=COLUMNS, null_trials=3)
    rows = diagnose(saved(tmp_path, GENERIC.T.copy()), layout=ROWS, null_trials=3)
    wrong = diagnose(saved(tmp_path, GENERIC.T.copy()), layout=COLUMNS, null_trials=3)
    assert rows.layout == ROWS
    for name, value in columns.to_dict().items():
        if isinstance(value, int | float) and "residual" not in name and "bound" not in name:
            assert rows.to_dict()[name] == pytest.approx(value, rel=1e-9), name
    np.testing.assert_allclose(
        rows.analysis.feature_table.fractional_dimensionality,
        columns.analysis.feature_table.fractional_dimensionality,
        rtol=1e-12,
    )
    assert (wrong.analysis.features, wrong.analysis.dimensions) == (5, 12)


def test_tensor_is_passed_on(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", a=GENERIC, b=np.eye(2))
    found = diagnose(tmp_path / "w.npz", layout=COLUMNS, tensor="b", null_trials=0)
    assert (found.tensor, found.analysis.features) == ("b", 2)
    with pytest.raises(InputError, match=r"w\.npz: holds 2 tensors and none is chosen.*'a'"):
        diagnose(tmp_path / "w.npz", layout=COLUMNS)


def test_tolerance_is_passed_on(tmp_path: Path) -> None:
    path = saved(tmp_path, np.diag([1.0, 1.001]))
    assert len(diagnose(path, layout=COLUMNS, null_trials=0).analysis.eigenspaces) == 2
    merged = diagnose(path, layout=COLUMNS, null_trials=0, tolerance=0.01).analysis.eigenspaces
    assert [space.multiplicity for space in merged] == [2]


def test_the_uncertainty_of_the_stored_type_is_passed_on(tmp_path: Path) -> None:
    exact = diagnose(saved(tmp_path, GENERIC), layout=COLUMNS, null_trials=0)
    single = diagnose(saved(tmp_path, GENERIC.astype(np.float32)), layout=COLUMNS, null_trials=0)
    integers = diagnose(saved(tmp_path, np.eye(3, dtype=int)), layout=COLUMNS, null_trials=0)
    assert exact.to_dict()["epsilon"] == 2.0**-52
    assert single.to_dict()["epsilon"] == 2.0**-23
    assert integers.to_dict()["epsilon"] == 0


def test_null_is_seeded_and_separates_a_saturated_matrix(tmp_path: Path) -> None:
    W = saturated_frame([(3, 15, 2.0), (5, 25, 7.0)], rng=np.random.default_rng(1))
    path = saved(tmp_path, W)
    first = summary(diagnose(path, layout=COLUMNS, null_trials=8, seed=0))["null"]
    again = summary(diagnose(path, layout=COLUMNS, null_trials=8, seed=0))["null"]
    other = summary(diagnose(path, layout=COLUMNS, null_trials=8, seed=1))["null"]
    assert first == again
    assert first["mean"] != other["mean"]
    assert (first["trials"], first["seed"], other["seed"]) == (8, 0, 1)
    assert first["z"] > 3
    assert first["z"] == pytest.approx((1 - first["mean"]) / first["standard_deviation"])


def test_progress_is_reported(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    diagnose(
        saved(tmp_path, GENERIC),
        layout=COLUMNS,
        null_trials=4,
        progress=lambda done, total, what: seen.append((done, total, what)),
    )
    assert (4, 4, "Gaussian null") in seen
    assert (12, 12, "projections") in seen
    assert all(0 < done <= total for done, total, _ in seen)


@pytest.mark.parametrize(
    ("W", "rank", "represented", "null"),
    [
        pytest.param(np.zeros((3, 0)), 0, 0, False, id="no features"),
        pytest.param(np.zeros((3, 4)), 0, 0, False, id="all zero"),
        pytest.param(np.array([[3.0], [4.0]]), 1, 1, True, id="one feature"),
        pytest.param(np.array([[2.0]]), 1, 1, True, id="1 x 1"),
        pytest.param(np.ones((4, 3)), 1, 3, True, id="rank one, duplicates, m > n"),
        pytest.param(GENERIC * 1e-160, 5, 12, True, id="scale 1e-160"),
        pytest.param(GENERIC * 1e150, 5, 12, True, id="scale 1e150"),
        pytest.param(np.full((2, 2), 5e-324), 1, 2, True, id="smallest subnormal"),
        pytest.param(np.full((3, 5), 1.7e308), 1, 5, True, id="largest singular value overflows"),
        pytest.param(np.diag([1e150, 1.0, 1e-150]), 3, 3, True, id="condition 1e300"),
        pytest.param(np.diag(np.arange(1.0, 61.0)), 60, 60, True, id="60 eigenspaces"),
        pytest.param(GENERIC.astype(np.float16), 5, 12, True, id="float16"),
    ],
)
def test_odd_matrices_give_strict_json(
    tmp_path: Path, W: Any, rank: int, represented: int, null: bool
) -> None:
    found = summary(diagnose(saved(tmp_path, W), layout=COLUMNS, null_trials=2))
    assert found["represented"] == represented
    assert found["rank"] <= rank
    assert found["capacity"] <= found["rank"] + found["capacity_error"]
    assert abs(found["deficit_identity_residual"]) <= found["deficit_identity_bound"] + 1e-15
    assert (found["null"] is not None) is null
    if represented and W.shape[1] == 1:
        assert found["null"]["z"] is None  # one direction always has D = 1


@pytest.mark.parametrize("trials", [1, -1, -16])
def test_too_few_trials(tmp_path: Path, trials: int) -> None:
    with pytest.raises(InputError, match=rf"null_trials is {trials}; accepted: 0 .* at least 2"):
        diagnose(saved(tmp_path, GENERIC), layout=COLUMNS, null_trials=trials)


def test_layout_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="layout is 'columns'"):
        diagnose(saved(tmp_path, GENERIC), layout="columns")
