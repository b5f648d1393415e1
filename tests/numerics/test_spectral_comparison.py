"""Two checkpoints: principal angles and drift."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_numerics.samples import saturated_frame
from superposition_numerics.spectral import compare, spectral_measures, wasserstein_distances
from superposition_theory import InputError


def plane_rotation(angle: float, m: int, i: int, j: int) -> np.ndarray:
    Q = np.eye(m)
    Q[i, i] = Q[j, j] = np.cos(angle)
    Q[i, j], Q[j, i] = -np.sin(angle), np.sin(angle)
    return Q


def test_a_rotation_turns_eigenspaces_and_leaves_the_measures() -> None:
    # eigenvalues 16 on e1, e2 and 1 on e3, e4; e2 turns towards e3 by 0.3
    W = np.diag([4.0, 4.0, 1.0, 1.0])
    comparison = compare(W, plane_rotation(0.3, 4, 1, 2) @ W)
    first, second = comparison.eigenspaces
    assert (first.before, first.after, second.before, second.after) == (0, 0, 1, 1)
    for shift in (first, second):
        np.testing.assert_allclose(shift.angles, [0.3, 0.0], atol=1e-12)
        assert shift.overlap == pytest.approx((1 + np.cos(0.3) ** 2) / 2)
        assert shift.eigenvalue_ratio == pytest.approx(1.0)
    np.testing.assert_allclose(comparison.drift, 0.0, atol=1e-12)


def test_eigenspaces_are_matched_by_overlap_not_by_order() -> None:
    before, after = np.diag([3.0, 1.0]), np.diag([1.0, 2.0])
    comparison = compare(before, after)
    assert [(s.before, s.after) for s in comparison.eigenspaces] == [(0, 1), (1, 0)]
    assert [s.eigenvalue_ratio for s in comparison.eigenspaces] == pytest.approx([1 / 9, 4.0])
    # exponents 2 and 2: the drifts |9 - 1| and |1 - 4| in units of 4**2
    np.testing.assert_allclose(comparison.drift * 4.0**comparison.exponent, [8.0, 3.0])
    assert comparison.mean_drift == pytest.approx(5.5)


@pytest.mark.parametrize(("scale", "exponent"), [(1.0, 2), (0.25, 0), (16.0, 6)])
def test_mean_drift_is_in_the_units_of_W_squared(scale: float, exponent: int) -> None:
    comparison = compare(scale * np.diag([3.0, 1.0]), scale * np.diag([1.0, 2.0]))
    assert comparison.exponent == exponent
    assert comparison.mean_drift == pytest.approx(5.5 * scale**2)


@pytest.mark.parametrize("scale", [0.25, 2.0, 8.0])
def test_eigenvalue_ratio_between_different_scales(scale: float) -> None:
    W = np.diag([3.0, 1.0])
    comparison = compare(W, scale * W)
    for shift in comparison.eigenspaces:
        assert shift.eigenvalue_ratio == pytest.approx(scale**2)
    drift = comparison.drift * 4.0**comparison.exponent
    np.testing.assert_allclose(drift, np.array([9.0, 1.0]) * abs(scale**2 - 1))


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), factor=st.sampled_from([1.0, 1e-3, 700.0]))
def test_drift_agrees_with_scipy(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.standard_normal((3, 6)), factor * rng.standard_normal((3, 6))
    comparison = compare(before, after)
    tables = [
        spectral_measures(before, comparison.before),
        spectral_measures(after, comparison.after),
    ]
    axes = [
        [s.eigenvalue for s in comparison.before.eigenspaces],
        [s.eigenvalue for s in comparison.after.eigenspaces],
    ]
    for i in range(6):
        expected = scipy.stats.wasserstein_distance(
            axes[0], axes[1], tables[0][:, i], tables[1][:, i]
        )
        assert comparison.drift[i] * 4.0**comparison.exponent == pytest.approx(expected, rel=1e-9)


def test_many_columns_cross_block_boundaries() -> None:
    rng = np.random.default_rng(0)
    W = rng.standard_normal((3, 2500))
    comparison = compare(W, 2.0 * W)
    table = spectral_measures(W, comparison.before)
    axis = np.array([s.eigenvalue for s in comparison.before.eigenspaces])
    # doubling W multiplies every eigenvalue by 4: the drift is three times the mean
    expected = 3 * (axis @ table)
    np.testing.assert_allclose(comparison.drift * 4.0**comparison.exponent, expected, rtol=1e-10)


def test_features_that_appear_and_vanish() -> None:
    before = np.array([[1.0, 0.0, 2.0, 0.0]])
    after = np.array([[0.0, 1.0, 2.0, 0.0]])
    comparison = compare(before, after)
    assert comparison.appeared.tolist() == [1]
    assert comparison.vanished.tolist() == [0]
    np.testing.assert_allclose(comparison.drift, [0.0, 0.0, 0.0, 0.0], atol=1e-15)


def test_rank_lost_altogether() -> None:
    comparison = compare(np.eye(2), np.zeros((2, 2)))
    (shift,) = comparison.eigenspaces
    assert (shift.after, shift.overlap, shift.eigenvalue_ratio) == (-1, 0.0, None)
    np.testing.assert_array_equal(shift.angles, [np.pi / 2, np.pi / 2])


def test_saturated_frame_under_small_noise() -> None:
    rng = np.random.default_rng(1)
    W = saturated_frame([(2, 6, 1.0), (3, 8, 9.0)], rng=rng)
    noisy = W + 1e-3 * rng.standard_normal(W.shape)
    comparison = compare(W, noisy, tolerance=0.05)
    assert [s.multiplicity for s in comparison.after.eigenspaces] == [3, 2]
    assert all(0 < s.angles.max() < 1e-2 for s in comparison.eigenspaces)


def test_summary_is_json() -> None:
    comparison = compare(np.eye(2), np.diag([1.0, 3.0]))
    summary = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert (summary["schema"], summary["version"]) == ("superposition.comparison", 1)
    assert summary["rank"] == [2, 2]
    assert summary["capacity"] == pytest.approx([2.0, 2.0])
    assert summary["eigenspaces"][0]["after"] == comparison.eigenspaces[0].after
    assert len(summary["eigenspaces"][0]["angles"]) == 1
    assert summary["mean_drift"] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("p", "a", "q", "b", "expected"),
    [
        ([1.0], [1.0], [4.0], [1.0], 3.0),
        ([0.0, 2.0], [0.5, 0.5], [1.0], [1.0], 1.0),
        ([3.0, 1.0], [0.25, 0.75], [1.0, 2.0], [0.25, 0.75], 0.75),  # by hand: .5 + .25
    ],
)
def test_wasserstein_by_hand(
    p: list[float], a: list[float], q: list[float], b: list[float], expected: float
) -> None:
    found = wasserstein_distances(
        np.array(p), np.array(a)[:, None], np.array(q), np.array(b)[:, None]
    )
    np.testing.assert_allclose(found, [expected])


def test_refuses_different_shapes() -> None:
    with pytest.raises(InputError, match=r"before has shape \(2, 2\) and after \(2, 3\)"):
        compare(np.eye(2), np.ones((2, 3)))
    with pytest.raises(InputError, match=r"^after has 1 dimensions"):
        compare(np.eye(2), np.ones(3))
