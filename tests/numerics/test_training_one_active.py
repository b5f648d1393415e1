"""The one-active functional: closed forms against grids, differences and the toy model."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numerics.training_differences import differences, evaluate
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import active_losses
from superposition_numerics.training import (
    Instance,
    Model,
    OneActive,
    Plan,
    Problem,
    Sgd,
    initial_parameters,
    train,
)
from superposition_numerics.training.gradients import batch_gradient
from superposition_numerics.training.objectives.exact import ExactObjective
from superposition_theory import InputError

MODELS = [
    Model(kind, 4, 3, tied=tied)
    for kind in ("linear", "relu", "relu-hidden", "absolute")
    for tied in (True, False)
]
NAMES = [f"{model.kind}-{'tied' if model.tied else 'untied'}" for model in MODELS]


def objective(problem: Problem) -> ExactObjective:
    return OneActive().objective(problem, dtype="float64", backend="numpy")


def problem(model: Model, count: int = 3) -> Problem:
    rng = np.random.default_rng(model.size)
    return Problem(
        model, [Instance(0.1, rng.uniform(0.2, 2, 4).tolist(), seed=k) for k in range(count)]
    )


def points(given: Problem) -> FloatArray:
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (given.count, given.model.size))


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_gradients_against_differences(model: Model) -> None:
    given = problem(model)
    flat = points(given)
    _, gradient = evaluate(objective(given), flat)
    expected = differences(objective(given), flat)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8)
    near = gradient * (1 + 1e-4)
    assert not np.allclose(near, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_against_a_fine_grid_of_inputs(model: Model) -> None:
    # The midpoint rule for every feature in turn. The loss is continuous in x; its slopes jump
    # where a unit goes on, by at most 2 I |x| |w|, which the rule sees up to half a cell off.
    given, grid = problem(model), (np.arange(2000) + 0.5) / 2000
    if model.absolute:
        grid = np.concatenate((-grid, grid))
    x = np.concatenate([np.outer(grid, row) for row in np.eye(4)])
    flat, slopes = points(given), np.zeros((3, model.size))
    everywhere = np.broadcast_to(x, (3, *x.shape))
    means = batch_gradient(model, flat, everywhere, given.importances, slopes)
    loss, gradient = evaluate(objective(given), flat)
    np.testing.assert_allclose(loss, 4 * means, rtol=1e-6)
    np.testing.assert_allclose(gradient, 4 * slopes, rtol=1e-6, atol=2 * 2 / 4000)
    assert not np.allclose(gradient, 4.1 * slopes, rtol=1e-6, atol=2 * 2 / 4000)


def test_against_samples() -> None:
    given = problem(Model("relu", 4, 3), 1)
    flat, rng = points(given), np.random.default_rng(0)
    slopes, batches = np.zeros((1, given.model.size)), []
    for _ in range(400):
        x = np.eye(4)[rng.integers(4, size=500)] * rng.random((500, 1))
        loss = batch_gradient(given.model, flat, x[None], given.importances, slopes)
        batches.append(4 * np.append(slopes[0], loss))
    loss, gradient = evaluate(objective(given), flat)
    expected = np.append(gradient[0], loss)
    mean, error = np.mean(batches, axis=0), np.std(batches, axis=0, ddof=1) / 20
    assert (abs(mean - expected) <= 4.5 * error).all()
    assert not (abs(mean - 1.05 * expected) <= 4.5 * error).all()


def test_against_the_toy_model() -> None:
    given = problem(Model("relu", 4, 3))
    flat = points(given)
    loss, _ = evaluate(objective(given), flat)
    W, b = given.model.views(flat).values()
    losses = active_losses(W, b, importances=given.importances)
    np.testing.assert_allclose(loss, losses[:, 1], rtol=1e-14)
    assert not np.allclose(loss, losses[:, 2], rtol=1e-3)


@pytest.mark.parametrize(
    ("kind", "parameters", "loss"),
    [
        ("relu", [0.0, 0.5], 1 / 12),  # E (x - 1/2)^2
        ("relu", [0.0, -0.5], 1 / 3),  # off: E x^2
        ("relu", [1.0, -0.5], 1 / 24 + 1 / 8),  # x up to 1/2, then 1/2
        ("linear", [0.0, -0.5], 1 / 3 + 1 / 2 + 1 / 4),  # E (x + 1/2)^2
        ("relu-hidden", [1.0, 0.0], 0.0),
        ("absolute", [1.0, 0.0], 1 / 6),  # a negative x is lost
    ],
)
def test_one_feature_by_hand(kind: str, parameters: list[float], loss: float) -> None:
    given = Problem(Model(kind, 1, 1))
    found, _ = evaluate(objective(given), np.array([parameters]))
    assert found.item() == pytest.approx(loss, abs=1e-15)


def test_the_absolute_value_needs_two_hidden_units() -> None:
    model = Model("absolute", 1, 2, tied=False)
    flat = model.flatten({"W1": [[[1.0], [-1.0]]], "W2": [[[1.0, 1.0]]], "b": [[0.0]]})
    loss, gradient = evaluate(objective(Problem(model)), flat.astype(np.float64))
    assert loss == 0
    assert (gradient == 0).all()


@pytest.mark.parametrize(
    ("k", "norm", "bias", "loss"),
    [  # regular polygons at their best norm and bias, from their losses in closed form
        (5, 1.1705, -0.2823, 0.07913),
        (6, 1.3205, -0.6181, 0.28915),
        (7, 1.4484, -0.9669, 0.58290),
        (8, 1.5504, -1.2912, 0.92437),
    ],
)
def test_polygons(k: int, norm: float, bias: float, loss: float) -> None:
    angles = 2 * np.pi * np.arange(k) / k
    W = norm * np.stack((np.cos(angles), np.sin(angles)))
    model = Model("relu", k, 2)
    flat = model.flatten({"W": W[None], "b": np.full((1, k), bias)}).astype(np.float64)
    found, gradient = evaluate(objective(Problem(model)), flat)
    assert found.item() == pytest.approx(loss, abs=1e-5)
    assert abs(gradient).max() < 5e-4
    _, gradient = evaluate(objective(Problem(model)), 1.01 * flat)  # a near miss
    assert abs(gradient).max() > 5e-4


def test_many_features_in_little_memory() -> None:
    given = Problem(Model("relu", 400, 30), [Instance(seed=k) for k in range(3)])
    source, flat = objective(given), initial_parameters(given)
    gradient = np.zeros_like(flat)
    tracemalloc.start()
    losses = source(flat, gradient)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * 400 * 400 * 8  # the matrices of one instance at a time
    alone = source.part(np.array([1]))
    loss, slopes = evaluate(alone, flat[1:2])
    assert loss.item() == losses[1]
    np.testing.assert_array_equal(slopes[0], gradient[1])


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_an_instance_does_not_depend_on_the_others(model: Model) -> None:
    given = problem(model, 7)
    flat = points(given)
    losses, gradient = evaluate(objective(given), flat)
    for which in ([0], [5, 2], [1, 2, 6]):
        rows = np.array(which)
        loss, slopes = evaluate(objective(given).part(rows), flat[rows])
        np.testing.assert_array_equal(loss, losses[rows])
        np.testing.assert_array_equal(slopes, gradient[rows])


def test_densities_play_no_part() -> None:
    runs = [
        train(Plan(Problem(Model("relu", 4, 3), [Instance(p)]), OneActive(), Sgd(), steps=20))
        for p in (0.1, 0.9)
    ]
    np.testing.assert_array_equal(runs[0].flat, runs[1].flat)
    assert runs[0].losses[-1] < runs[0].losses[0]


def test_refusals() -> None:
    biased = Problem(Model("relu-hidden", 3, 2, hidden_bias=True))
    with pytest.raises(InputError, match=r"hidden_bias is True; accepted .* without hidden bias"):
        objective(biased)
    with pytest.raises(InputError, match="backend is 'numba'; accepted: 'numpy'"):
        OneActive().objective(problem(MODELS[0]), dtype="float64", backend="numba")
