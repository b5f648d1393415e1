"""Gram entries, coherence and D by routes that share nothing with the analysis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from superposition_numerics.spectral import (
    analyse,
    analysis,
    coherence,
    gram_dimensionality,
    gram_matrix,
    moments,
    rayleigh_dimensionality,
)
from superposition_theory import InputError

ROUTES: list[Callable[[Any], np.ndarray]] = [
    gram_dimensionality,
    rayleigh_dimensionality,
    lambda W: analyse(W).feature_table.fractional_dimensionality,
]


@pytest.mark.parametrize("route", ROUTES, ids=["gram", "rayleigh", "measure"])
@pytest.mark.parametrize(
    ("W", "expected"),
    [
        # kappa = 3.25 / (13 / 4) ...: by hand, w = (1), (2): D = w^2 / (1 + 4)
        pytest.param([[1.0, 2.0]], [1 / 5, 4 / 5], id="one dimension"),
        pytest.param([[1.0, 0.0], [0.0, 7.0]], [1.0, 1.0], id="orthogonal"),
        # M = [[1, 1], [1, 2]]: 1/(1 + 1), 4/(1 + 4)
        pytest.param([[1.0, 1.0], [0.0, 1.0]], [1 / 2, 4 / 5], id="sheared"),
        pytest.param([[0.0, 3.0], [0.0, 4.0]], [0.0, 1.0], id="zero column"),
        pytest.param([[0.0, 0.0]], [0.0, 0.0], id="all zero"),
    ],
)
def test_dimensionality_by_hand(
    route: Callable[[Any], np.ndarray], W: list[list[float]], expected: list[float]
) -> None:
    for scale in (1.0, 1e-160, 1e150):
        found = route(scale * np.array(W))
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def test_gram_route_over_several_blocks() -> None:
    W = np.random.default_rng(0).standard_normal((3, 1200))
    M = W.T @ W
    expected = np.diag(M) ** 2 / np.diag(M @ M)
    np.testing.assert_allclose(gram_dimensionality(W), expected, rtol=1e-12)
    np.testing.assert_allclose(rayleigh_dimensionality(W), expected, rtol=1e-12)


def test_breaking_one_route_breaks_the_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The three routes share no function: a fault in the projections leaves the other two alone."""
    W = np.random.default_rng(1).standard_normal((4, 9))
    before = [route(W) for route in ROUTES]
    original = moments.feature_moments

    def faulty(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        result.rayleigh[:] *= 1.01
        return result

    monkeypatch.setattr(analysis, "feature_moments", faulty)
    after = [route(W) for route in ROUTES]
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_array_equal(after[1], before[1])
    error = analyse(W).feature_table.fractional_dimensionality_error
    assert (np.abs(after[2] - after[0]) > 2 * error).all()


def test_gram_matrix() -> None:
    W = np.random.default_rng(2).standard_normal((3, 5)).astype(np.float32)
    np.testing.assert_allclose(gram_matrix(W), W.astype(float).T @ W.astype(float), rtol=1e-14)
    assert gram_matrix(W).dtype == np.float64
    with pytest.raises(InputError, match="too large for its Gram matrix"):
        gram_matrix([[1e200]])


@pytest.mark.parametrize(
    ("W", "expected"),
    [
        pytest.param([[1.0, 3.0], [0.0, 4.0]], 0.6, id="two vectors"),
        pytest.param([[1.0, -3.0]], 1.0, id="one dimension"),
        pytest.param([[1.0, -3.0], [0.0, 4.0]], 0.6, id="sign does not matter"),
        pytest.param([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]], 0.0, id="zero columns are left out"),
        pytest.param([[1.0, 1e-200], [1.0, 1e-200]], 1.0, id="tiny and parallel"),
    ],
)
def test_coherence(W: list[list[float]], expected: float) -> None:
    assert coherence(W) == pytest.approx(expected, abs=1e-14)


def test_coherence_over_several_blocks() -> None:
    W = np.random.default_rng(3).standard_normal((6, 1300))
    W[:, 1290] = W[:, 3]
    assert coherence(W) == pytest.approx(1.0)
    U = W[:, 4:1290] / np.linalg.norm(W[:, 4:1290], axis=0)
    products = np.abs(U.T @ U) - np.eye(U.shape[1])
    assert coherence(W[:, 4:1290]) == pytest.approx(products.max(), rel=1e-13)


@pytest.mark.parametrize("W", [[[1.0]], [[1.0, 0.0]], [[0.0, 0.0]]])
def test_coherence_needs_two_columns(W: list[list[float]]) -> None:
    with pytest.raises(InputError, match="at least two for a coherence"):
        coherence(W)


@pytest.mark.parametrize("route", [gram_matrix, coherence, *ROUTES])
def test_refuses_non_finite(route: Callable[[Any], Any]) -> None:
    with pytest.raises(InputError, match=r"W (holds 1 entries|is not a finite)"):
        route([[1.0, float("nan")]])


def test_rayleigh_refuses_other_shapes() -> None:
    with pytest.raises(InputError, match=r"shape \(3,\)"):
        rayleigh_dimensionality([1.0, 2.0, 3.0])


def test_no_features() -> None:
    W = np.zeros((2, 0))
    assert gram_dimensionality(W).shape == (0,)
    assert rayleigh_dimensionality(W).shape == (0,)
    assert gram_matrix(W).shape == (0, 0)
