"""Float rates beside exact ones, and beside the eigenvalues of a solved flow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.flows import (
    GramGradient,
    dimensionality_rates,
    eigenvalue_rates,
    gram_flow,
    projector_rate,
    track,
)
from superposition_numerics.matrices import FloatArray
from superposition_theory import InputError, flows
from sympy import Matrix, diag

G3 = Matrix([[1, 2, 0], [2, -1, 3], [0, 3, 2]])
CASES = [
    diag(4, 2, 1),
    Matrix([[1, 2, 0], [2, 5, -1], [0, -1, 3]]),
    Matrix([[2, -1, 0], [-1, 2, -1], [0, -1, 2]]),
]


def floats(matrix: Any) -> FloatArray:
    """Return an exact matrix in floats."""
    return np.array(matrix.evalf().tolist(), dtype=np.float64)


@pytest.mark.parametrize("M", CASES, ids=["diagonal", "irrational", "path"])
def test_rates_are_the_exact_ones(M: Any) -> None:
    gram, slopes = floats(M), floats(G3)
    exact = flows.eigenvalue_rates(M, G3)
    rates = eigenvalue_rates(gram, slopes)
    assert np.allclose(rates, [float(space.rate) for space in exact], rtol=1e-12)
    for k, rate in enumerate(flows.projector_rates(M, G3)):
        assert np.allclose(projector_rate(gram, slopes, slice(k, k + 1)), floats(rate), atol=1e-12)
    expected = [float(rate) for rate in flows.dimensionality_rates(M, G3)]
    assert np.allclose(dimensionality_rates(gram, slopes), expected, atol=1e-12)


def test_the_rate_of_a_sum_of_projectors_is_finite_at_a_repeated_eigenvalue() -> None:
    rate = projector_rate(np.diag([2.0, 2.0, 1.0]), floats(G3), slice(1, 3))
    assert np.isfinite(rate).all()
    assert abs(np.trace(rate)) < 1e-12
    # the block between the cluster and the rest: -2 (2 + 1)/(2 - 1) G
    assert np.allclose(rate[:2, 2], -6 * floats(G3)[:2, 2])


def test_a_repeated_eigenvalue_splits_by_the_spectrum_of_PGP() -> None:
    def loss(_: FloatArray, b: FloatArray) -> GramGradient:
        return GramGradient(0.0, floats(G3), b)

    step = 1e-4
    flow = gram_flow(loss, np.diag([2.0, 2.0, 1.0]), np.zeros(3), [0.0, step], rank=3)
    moved = (np.linalg.eigvalsh(flow.gram[-1]) - [1.0, 2.0, 2.0])[1:] / step
    expected = np.sort(-4 * 2 * np.linalg.eigvalsh(floats(G3)[:2, :2]))
    assert np.abs(moved - expected).max() < 0.05  # the second order is about 100 steps
    assert (
        abs(moved.mean() - eigenvalue_rates(np.diag([2.0, 2.0, 1.0]), floats(G3))[1:].mean()) < 0.05
    )


def test_eigenvalues_along_a_solved_flow_move_at_their_rates() -> None:
    def loss(M: FloatArray, b: FloatArray) -> GramGradient:
        return GramGradient(0.0, floats(G3) + M / 5, b)

    step = 1e-4
    times = [0.0, 0.05 - step, 0.05, 0.05 + step]
    flow = gram_flow(loss, floats(CASES[1]), np.zeros(3), times, rank=3)
    found = track(flow.gram[1:], rank=3)
    slope = (found.eigenvalues[2] - found.eigenvalues[0]) / (2 * step)
    M = flow.gram[2]
    assert np.allclose(slope, eigenvalue_rates(M, floats(G3) + M / 5)[::-1], rtol=1e-4)
    slope = (found.dimensionality[2] - found.dimensionality[0]) / (2 * step)
    assert np.allclose(slope, dimensionality_rates(M, floats(G3) + M / 5), rtol=1e-4)


def test_a_zero_feature_has_rate_0_as_in_the_exact_twin() -> None:
    M, G = Matrix([[1, 0, 1], [0, 0, 0], [1, 0, 2]]), G3
    expected = [float(rate) for rate in flows.dimensionality_rates(M, G)]
    assert expected[1] == 0
    assert np.abs(expected).max() > 0.1
    assert np.allclose(dimensionality_rates(floats(M), floats(G)), expected, atol=1e-12)


TURNED = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
# a row: M, the positions, and the message
SPACES = [
    (np.eye(2), slice(0, 1), "parts equal eigenvalues"),
    ((TURNED * [1.0, 2.0, 2.0]) @ TURNED.T, slice(0, 2), "parts equal eigenvalues"),  # to rounding
    (np.eye(2), slice(5, 9), r"space = slice\(5, 9, None\); accepted: .* position below 2"),
    (np.eye(2), slice(0, 0), "space = slice"),
]


@pytest.mark.parametrize(
    ("M", "space", "message"), SPACES, ids=["equal", "nearly equal", "beyond", "empty"]
)
def test_positions_that_are_no_eigenspace(M: FloatArray, space: slice, message: str) -> None:
    with pytest.raises(InputError, match=message):
        projector_rate(M, np.diag(np.arange(1.0, len(M) + 1)), space)


# a row: M, G, and the message
BAD = [
    ([[np.inf]], [[1.0]], "M"),
    ([[1.0, 2.0]], [[1.0]], r"M has shape \(1, 2\)"),
    (np.zeros((0, 0)), np.zeros((0, 0)), r"M has shape \(0, 0\)"),
    ([[1.0]], np.eye(2), "M has shape|G has shape"),
    (np.eye(2), [[0.0, 1.0], [0.0, 0.0]], "G is not symmetric"),
]


@pytest.mark.parametrize(
    ("M", "G", "message"), BAD, ids=["inf", "row", "empty", "sizes", "triangle"]
)
def test_bad_input(M: Any, G: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        eigenvalue_rates(M, G)
    with pytest.raises(InputError, match=message):
        projector_rate(M, G, slice(0, 1))
    with pytest.raises(InputError, match=message):
        dimensionality_rates(M, G)
