"""Losses of the Gram matrix: gradients beside differences and beside the exact theory."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from superposition_numerics.flows import GramGradient, PopulationLoss
from superposition_numerics.toy_model import Activity, active_losses
from superposition_theory import InputError
from superposition_theory.toy_model import ReluModel
from sympy import Matrix

STEP = 1e-5


def one_active(n: int) -> Activity:
    """Return the law of exactly one active feature, each as often."""
    return Activity.from_patterns(np.eye(n), np.full(n, 1 / n))


@pytest.mark.parametrize(
    ("density", "importances"),
    [
        (0.3, 1.0),
        (0.05, [1.0, 0.5, 2.0]),
        ([0.2, 0.4, 0.9], 1.0),  # a density for each feature
        (one_active(3), 1.0),
    ],
    ids=["even", "importances", "densities", "one active"],
)
def test_gradient_by_differences_in_M_and_b(density: object, importances: object) -> None:
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(2, 3)), rng.normal(size=3) / 4
    loss = PopulationLoss(density, importances)  # type: ignore[arg-type]
    M = W.T @ W
    found = loss(M, b)
    assert isinstance(found, GramGradient)
    assert (found.gram == found.gram.T).all()
    for _ in range(3):
        dM, db = rng.normal(size=(3, 3)), rng.normal(size=3)
        dM = dM + dM.T
        ahead, behind = (loss(M + s * STEP * dM, b + s * STEP * db).loss for s in (1, -1))
        slope = np.trace(found.gram @ dM) + found.biases @ db
        assert abs((ahead - behind) / (2 * STEP) - slope) < 1e-8


def test_gradient_beside_the_exact_one() -> None:
    W, b = [[1, -1, 0], [0, 1, 2]], [Fraction(1, 10), Fraction(-1, 5), Fraction(1, 3)]
    exact = ReluModel(W, b).gradient(Fraction(1, 4))
    loss, floats = PopulationLoss(0.25), np.array(W, dtype=float)
    by_gram = loss(floats.T @ floats, np.array(b, dtype=float))
    expected = np.array(Matrix(exact.weights).tolist(), dtype=float)
    assert np.abs(2 * floats @ by_gram.gram - expected).max() < 1e-15
    assert np.abs(by_gram.biases - np.array(exact.biases, dtype=float)).max() < 1e-15


def test_one_active_feature_is_T_1_over_n() -> None:
    W, b = np.array([[1.0, -0.5, 0.2]]), np.array([0.1, -0.1, 0.0])
    found = PopulationLoss(one_active(3))(W.T @ W, b).loss
    assert abs(found - active_losses(W, b)[1] / 3) < 1e-15


def test_weights_and_gram_agree_by_different_code() -> None:
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(2, 4)), rng.normal(size=4)
    loss = PopulationLoss(0.2)
    by_weights, by_gram = loss.of_weights(W, b), loss(W.T @ W, b)
    assert np.abs(by_weights.weights - 2 * W @ by_gram.gram).max() < 1e-14
    assert np.abs(by_weights.weights - W @ by_gram.gram).max() > 0.1  # the factor matters
    assert abs(float(by_weights.loss) - by_gram.loss) < 1e-14


def test_bad_input() -> None:
    with pytest.raises(InputError, match="density"):
        PopulationLoss(1.5)(np.eye(2), np.zeros(2))
    with pytest.raises(InputError, match="biases has shape"):
        PopulationLoss(0.5)(np.eye(2), np.zeros(3))
