"""Descents, Newton steps and curvatures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize as scipy_minimize
from superposition_numerics.landscape import hessians, lowest_curvature, minimise, polish
from superposition_numerics.toy_model import Activity, loss_and_gradient, population_loss
from superposition_theory import InputError


def random_models(seed: int, count: int, m: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, m, n)), rng.uniform(-0.2, 0.4, (count, n))


@pytest.mark.parametrize(
    ("W", "biases", "density", "importances", "loss"),
    [
        ([[0.7]], [0.2], 0.3, 1.0, 0.0),  # one feature has room: w = 1, b = 0
        ([[1.0, 0.05]], [0.0, 0.1], 0.1, [1, 0.04], 0.04 * (0.1 / 3 - 0.1**2 / 4)),  # drop: I v
        ([[0.05, 1.0]], [0.1, 0.0], 0.1, [0.04, 1], 0.04 * (0.1 / 3 - 0.1**2 / 4)),
    ],
)
def test_known_minima(W: Any, biases: Any, density: float, importances: Any, loss: float) -> None:
    end = minimise(W, biases, density, importances=importances)
    assert end.converged
    assert end.loss == pytest.approx(loss, abs=1e-16)


def test_ends_are_stationary_and_as_low_as_those_of_scipy() -> None:
    W, biases = random_models(0, 12, 2, 3)
    end = minimise(W, biases, 0.6, importances=[1, 1, 0.7])
    assert end.converged.all()
    here = loss_and_gradient(end.W, end.biases, 0.6, importances=[1, 1, 0.7])
    silent = 2.7 * 0.6 / 3
    largest = np.maximum(np.abs(here.weights).max(axis=(1, 2)), np.abs(here.biases).max(axis=1))
    np.testing.assert_allclose(end.gradient_norm, largest / silent, rtol=1e-6, atol=1e-15)
    assert (largest <= 1e-11 * silent).all()

    def flat_loss(x: np.ndarray) -> float:
        return float(population_loss(x[:6].reshape(2, 3), x[6:], 0.6, importances=[1, 1, 0.7]))

    lowest = min(
        scipy_minimize(flat_loss, np.concatenate((w.ravel(), b)), method="BFGS").fun
        for w, b in zip(W[:4], biases[:4], strict=True)
    )
    assert end.loss.min() == pytest.approx(lowest, abs=1e-9)


def test_a_batch_ends_where_its_instances_end() -> None:
    W, biases = random_models(1, 6, 1, 2)
    density = np.array([0.1, 0.2, 0.5, 0.7, 0.9, 1.0])[:, None]
    importance = np.stack((np.ones(6), np.linspace(0.3, 2, 6)), axis=1)
    together = minimise(W, biases, density, importances=importance, penalty=0.01)
    alone = [
        minimise(W[i], biases[i], density[i], importances=importance[i], penalty=0.01)
        for i in range(6)
    ]
    np.testing.assert_allclose(together.loss, [end.loss for end in alone], rtol=1e-13)
    reshaped = minimise(
        W.reshape(2, 3, 1, 2), biases.reshape(2, 3, 2), density.reshape(2, 3, 1),
        importances=importance.reshape(2, 3, 2), penalty=0.01,
    )  # fmt: skip
    np.testing.assert_array_equal(reshaped.loss.ravel(), together.loss)


@given(st.integers(0, 10**6), st.floats(0, 6.28))
def test_rotated_starts_end_equally_low(seed: int, angle: float) -> None:
    W, biases = random_models(seed, 1, 2, 3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ends = minimise(np.stack((W[0], turn @ W[0])), np.stack((biases[0], biases[0])), 0.3)
    start = population_loss(W[0], biases[0], 0.3)
    assert ends.converged.all()
    assert (ends.loss <= start).all()


def test_a_law_of_supports_is_the_same_as_its_densities() -> None:
    W, biases = random_models(3, 1, 1, 2)
    law = Activity.independent([0.2, 0.4], features=2)
    by_law, by_density = minimise(W, biases, law), minimise(W, biases, [0.2, 0.4])
    np.testing.assert_array_equal(by_law.loss, by_density.loss)


def test_an_interrupted_descent_says_so() -> None:
    W, biases = random_models(4, 2, 2, 3)
    short = minimise(W, biases, 0.5, most_evaluations=1)
    assert not short.converged.any()
    np.testing.assert_array_equal(short.W, W)
    np.testing.assert_allclose(short.loss, population_loss(W, biases, 0.5), rtol=1e-15)


def test_nothing_to_learn_and_nothing_to_do() -> None:
    assert minimise([[1.0, 0.3]], [0.1, 0.1], 0.0).loss <= 1e-20  # only biases cost
    assert minimise(np.zeros((0, 1, 2)), np.zeros((0, 2)), 0.5).loss.shape == (0,)


def test_polish_lowers_gradients_and_stays() -> None:
    W, biases = random_models(5, 8, 2, 3)
    rough = minimise(W, biases, 0.6, tolerance=1e-5)
    fine = polish(rough.W, rough.biases, 0.6)
    assert (fine.gradient_norm <= rough.gradient_norm).all()
    assert np.median(fine.gradient_norm) < 1e-14
    assert np.abs(fine.W - rough.W).max() < 1e-2


def test_hessian_of_a_dropped_feature() -> None:
    # n = 1: loss(b) = p E(x - b)^2 + (1 - p) b^2 at w = 0, so that L_bb = 2; L_ww by hand:
    # z = b + w^2 x, dL/d(w^2) = 2 p E x (b - x) = 2 p (b/2 - 1/3), and L_ww is twice that.
    p, b = 0.4, 0.2
    matrix = hessians([[0.0]], [b], p) * p / 3
    np.testing.assert_allclose(matrix, np.diag([4 * p * (b / 2 - 1 / 3), 2.0]), atol=1e-8)


@pytest.mark.parametrize(
    ("importance", "sign"),
    [(0.66, 1), (0.66530, 1), (0.66550, -1), (0.7, -1)],  # I* = 0.66539885 at p = 0.6
)
def test_curvature_on_one_side_of_a_dropped_feature(importance: float, sign: int) -> None:
    curvature, direction = lowest_curvature([[1, 0]], [0, 0.3], 0.6, importances=[1, importance])
    assert np.sign(curvature) == sign
    assert np.sqrt((direction**2).sum()) == pytest.approx(1)
    assert direction[1] < 0  # only a negative overlap pays


def test_curvature_is_zero_along_rotations_of_a_minimum() -> None:
    end = minimise([[1, -0.5, -0.5], [0, 0.8, -0.8]], [0, 0, 0], 0.6)
    curvature, _ = lowest_curvature(end.W, end.biases, 0.6)
    assert abs(curvature) < 1e-8


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"tolerance": 0.0}, "tolerance is 0.0; accepted: a positive number"),
        ({"most_evaluations": 0}, "most_evaluations is 0; accepted: at least 1"),
        ({"importances": [1, -1]}, "importances"),
    ],
)
def test_refusals(options: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        minimise([[1.0, 1.0]], [0.0, 0.0], 0.5, **options)
