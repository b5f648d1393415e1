"""The exact population loss as a source: ReLU by three routes, linear by second moments."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numerics.toy_model_samples import FAMILIES, instances
from numerics.training_differences import differences, evaluate
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import loss_and_gradient, quadrature_loss
from superposition_numerics.training import Instance, Model, Plan, Population, Problem, train
from superposition_numerics.training.objectives import Objective
from superposition_numerics.training.objectives.exact import ExactObjective
from superposition_numerics.training.objectives.population import kernels
from superposition_numerics.training.objectives.population.relu import (
    PairPopulation,
    ReluPopulation,
)
from superposition_theory import InputError

BACKENDS = ["numpy", "numba"]


def objective(problem: Problem, backend: str = "numpy", dtype: str = "float64") -> ExactObjective:
    return Population().objective(problem, dtype=dtype, backend=backend)


def problem(kind: str, n: int, m: int, *, tied: bool = True, count: int = 3) -> Problem:
    """Return instances with different settings, some correlated where n is even."""
    rng = np.random.default_rng([n, m])
    law = [("independent", 1), ("correlated", n // 2), ("anticorrelated", n // 2)]
    laws = law if n % 2 == 0 else law[:1]
    return Problem(
        Model(kind, n, m, tied=tied),
        [
            Instance(
                rng.uniform(0.1, 0.9),
                rng.uniform(0.2, 2, n).tolist(),
                correlation=laws[k % len(laws)][0],
                sets=laws[k % len(laws)][1],
            )
            for k in range(count)
        ],
    )


def points(given: Problem, seed: int = 0) -> FloatArray:
    flat = 0.7 * np.random.default_rng(seed).standard_normal((given.count, given.model.size))
    given.model.views(flat)["b"][...] += 0.4  # so that no output stays off everywhere
    return flat


CASES = [
    # kind, n, m, tied, backend
    ("relu", 1, 1, True, "numpy"),  # a single feature
    ("relu", 2, 1, True, "numpy"),  # by quadrature on pieces
    ("relu", 2, 3, False, "numpy"),
    ("relu", 3, 2, True, "numpy"),  # by recursion
    ("relu", 4, 2, False, "numpy"),
    ("relu", 1, 2, False, "numba"),  # by compiled recursion
    ("relu", 2, 2, True, "numba"),
    ("relu", 4, 2, False, "numba"),
    ("linear", 1, 1, True, "numpy"),  # by second moments
    ("linear", 6, 2, True, "numpy"),
    ("linear", 5, 7, False, "numpy"),
    ("linear", 12, 3, False, "numpy"),
]


@pytest.mark.parametrize(("kind", "n", "m", "tied", "backend"), CASES)
def test_gradients_against_differences(kind: str, n: int, m: int, tied: bool, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    given = problem(kind, n, m, tied=tied)
    source, flat = objective(given, backend), points(given)
    _, gradient = evaluate(source, flat)
    expected = differences(source, flat)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8)
    swapped = np.roll(gradient, 1, axis=0)  # a near miss: the gradient of another instance
    assert not np.allclose(swapped, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_relu_against_the_toy_model(n: int, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    given = problem("relu", n, 2, count=4)
    flat = points(given)
    flat[0] = 0  # no derivative: the left slope
    loss, gradient = evaluate(objective(given, backend), flat)
    W, b = given.model.views(flat).values()
    expected = loss_and_gradient(W, b, given.activity(), importances=given.importances)
    np.testing.assert_allclose(loss, expected.loss, rtol=1e-14, atol=1e-14)
    views = given.model.views(gradient)
    np.testing.assert_allclose(views["W"], expected.weights, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(views["b"], expected.biases, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_relu_against_quadrature(backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    for n in (2, 3):
        densities = np.random.default_rng(1).uniform(0.1, 0.9, (3, n))
        given = Problem(
            Model("relu", n, 2), [Instance(p, range(1, n + 1)) for p in densities.tolist()]
        )
        flat = points(given)
        loss, _ = evaluate(objective(given, backend), flat)
        W, b = given.model.views(flat).values()
        expected = quadrature_loss(W, b, densities, importances=np.arange(1, n + 1))
        np.testing.assert_allclose(loss, expected, rtol=1e-13)


@pytest.mark.parametrize("family", [row[0] for row in FAMILIES])
def test_pairs_against_exact_losses(family: str) -> None:
    for one in instances(family, 2, 4):
        model = Model("relu", 2, len(one.W))
        given = Problem(model, [Instance(one.density.tolist(), one.importances.tolist())])
        flat = model.flatten({"W": one.W[None], "b": one.biases[None]}).astype(np.float64)
        loss, _ = evaluate(objective(given), flat)
        assert abs(loss.item() - float(one.loss)) <= 8 * one.rounding(2)


def test_pairs_of_extreme_gains_against_the_recursion() -> None:
    # Zero, tiny and large gains and biases in all combinations, and z = 0 at corners.
    values = np.array([0.0, 1e-12, -1e-12, 0.5, -0.5, 1.0, -1.0, 30.0])
    grid = np.stack(np.meshgrid(*[values] * 4), axis=-1).reshape(-1, 4)
    given = Problem(Model("relu", 2, 1), [Instance(0.4, (1, 0.5))] * len(grid))
    tables = given.activity().probabilities, given.importances
    by_pieces = evaluate(PairPopulation(given.model, *tables), grid)
    by_recursion = evaluate(ReluPopulation(given.model, *tables), grid)
    scale = 1 + np.abs(grid).max(axis=1) ** 2
    assert (abs(by_pieces[0] - by_recursion[0]) <= 1e-15 * scale**2).all()
    assert (abs(by_pieces[1] - by_recursion[1]) <= 1e-15 * scale[:, None] ** 2).all()


def linear_loss(given: Problem, flat: FloatArray) -> list[float]:
    """Return the loss by the table of supports: on each, x has mean 1/2 and variance 1/12."""
    n, result = given.model.features, []
    for k, law in enumerate(given.activity().probabilities):
        parameters = given.model.views(flat[k])
        if given.model.tied:
            product = parameters["W"].T @ parameters["W"]
        else:
            product = parameters["W2"] @ parameters["W1"]
        lacking = np.eye(n) - product
        total = 0.0
        for support, probability in enumerate(law):
            active = (support >> np.arange(n)) & 1
            mean = lacking @ (active / 2) - parameters["b"]
            total += probability * given.importances[k] @ (mean**2 + lacking**2 @ active / 12)
        result.append(total)
    return result


@pytest.mark.parametrize(("n", "tied"), [(1, True), (4, True), (6, False)])
def test_linear_against_the_law_of_supports(n: int, tied: bool) -> None:
    given = problem("linear", n, 2, tied=tied)
    flat = points(given)
    loss, _ = evaluate(objective(given), flat)
    np.testing.assert_allclose(loss, linear_loss(given, flat), rtol=1e-13)


def test_linear_by_hand() -> None:
    given = Problem(Model("linear", 1, 1), [Instance(1.0), Instance(0.5, 2.0)])
    loss, gradient = evaluate(objective(given), np.array([[0.5, 0.0], [0.0, 0.25]]))
    # E (3x/4)^2 = 3/16; 2 E (x - 1/4)^2 = 2 (1/6 - 1/8 + 1/16) with density 1/2
    np.testing.assert_allclose(loss, [3 / 16, 2 * (1 / 6 - 1 / 8 + 1 / 16)], rtol=1e-15)
    # d/dw (1 - w^2)^2 / 3 = -4 w (1 - w^2) / 3, d/db = -2 (1 - w^2) / 2; the other is at rest
    np.testing.assert_allclose(gradient, [[-0.5, -0.75], [0.0, 0.0]], atol=1e-16)


def test_linear_of_many_features() -> None:
    given = Problem(Model("linear", 300, 8), [Instance(0.1)])
    loss, gradient = evaluate(objective(given), np.zeros((1, given.model.size)))
    assert loss.item() == pytest.approx(300 * 0.1 / 3)
    np.testing.assert_allclose(given.model.views(gradient)["b"], -0.1, rtol=1e-13)


def routes() -> list[Any]:
    # Of 8 and more numbers numpy adds a row pairwise, but not a column.
    cases = [("relu", 1), ("relu", 2), ("relu", 4), ("relu", 8), ("linear", 4), ("linear", 30)]
    rows = [pytest.param(kind, n, "numpy", id=f"{kind}-{n}") for kind, n in cases]
    return [*rows, pytest.param("relu", 4, "numba", id="relu-4-numba")]


@pytest.mark.parametrize(("kind", "n", "backend"), routes())
def test_an_instance_does_not_depend_on_the_others(kind: str, n: int, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    given = problem(kind, n, 2, count=11)
    flat = points(given)
    whole: Objective = objective(given, backend)
    losses, gradient = evaluate(whole, flat)
    for which in ([0], [4, 2], [1, 3, 5], list(range(11))):
        rows = np.array(which)
        alone = Problem(given.model, [given.instances[k] for k in which])
        for some in (objective(alone, backend), objective(given, backend).part(rows)):
            loss, slopes = evaluate(some, flat[rows])
            np.testing.assert_array_equal(loss, losses[rows])
            np.testing.assert_array_equal(slopes, gradient[rows])
    assert whole.deterministic
    assert whole.state() == {}


def test_parts_of_a_large_batch() -> None:
    given = Problem(Model("relu", 2, 1), [Instance(0.3)] * 1500)
    flat = points(given)
    losses, gradient = evaluate(objective(given), flat)
    last = np.array([1499])
    loss, slopes = evaluate(objective(given).part(last), flat[last])
    assert loss == losses[1499]
    np.testing.assert_array_equal(slopes[0], gradient[1499])


@pytest.mark.parametrize("kind", ["relu", "linear"])
def test_float32_is_float64_rounded(kind: str) -> None:
    given = problem(kind, 3, 2)
    flat = points(given).astype(np.float32)
    loss, gradient = evaluate(objective(given, dtype="float32"), flat)
    fine_loss, fine = evaluate(objective(given), flat.astype(np.float64))
    assert gradient.dtype == np.float32
    np.testing.assert_array_equal(loss, fine_loss)
    np.testing.assert_array_equal(gradient, fine.astype(np.float32))


def test_training_lowers_the_exact_loss() -> None:
    run = train(Plan(problem("relu", 3, 2), Population(), steps=200, records=4))
    assert (np.diff(run.losses, axis=0) < 0).all()


@pytest.mark.parametrize(
    ("model", "backend", "match"),
    [
        (Model("relu", 11, 2), "numpy", "'relu' with 11 features; accepted .* at most 10"),
        (Model("relu-hidden", 3, 2), "numpy", "model is 'relu-hidden' .* accepted"),
        (Model("absolute", 3, 2), "numpy", "model is 'absolute' .* accepted"),
        (
            Model("linear", 3, 2),
            "numba",
            "backend is 'numba' for a linear model; accepted: 'numpy'",
        ),
    ],
    ids=["many", "hidden", "absolute", "linear-numba"],
)
def test_refusals(model: Model, backend: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        objective(Problem(model), backend)


def test_numba_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    kernels._kernels.cache_clear()
    with pytest.raises(InputError, match=r"pip install spectral-superposition\[fast\]"):
        objective(Problem(Model("relu", 3, 2)), "numba")
