"""Models, batches, laws and error bounds, for the tests of sampled gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import loss_and_gradient
from superposition_numerics.training import Instance, Model, Problem
from superposition_numerics.training.gradients import batch_gradient
from superposition_numerics.training.objectives import Objective
from superposition_numerics.training.sampling.samples import SampledGradient

Array = npt.NDArray[Any]
KINDS = ("linear", "relu", "relu-hidden", "absolute")

# name, instance: every correlation, equal and unequal densities, one that is never open
LAWS = {
    "equal": Instance(0.3, (1.0, 0.5, 2.0, 1.0), seed=7),
    "unequal": Instance((0.05, 0.4, 0.0, 0.2), (1.0, 0.5, 2.0, 1.0), seed=8),
    "correlated": Instance((0.3, 0.3, 0.1, 0.1), (1.0, 0.5, 2.0, 1.0), "correlated", 2, seed=9),
    "anticorrelated": Instance(0.4, (1.0, 0.5, 2.0, 1.0), "anticorrelated", 2, seed=10),
}


def models(features: int, dimensions: int) -> list[Model]:
    """Return all models of a size: every kind, tied or not, with and without a hidden bias."""
    return [
        Model(kind, features, dimensions, tied, bias)
        for kind in KINDS
        for tied in (True, False)
        for bias in ((False, True) if kind in ("relu-hidden", "absolute") else (False,))
    ]


def named(model: Model) -> str:
    """Return an id for a test."""
    return "-".join([model.kind, "tied" if model.tied else "untied", *["bias"] * model.hidden_bias])


def parameters(model: Model, count: int = 1, seed: int = 0) -> FloatArray:
    """Return parameters of about unit size, most outputs on, shape (count, size)."""
    flat: FloatArray = np.random.default_rng(seed).standard_normal((count, model.size))
    flat /= model.dimensions**0.5
    model.views(flat)["b"][...] += 0.5
    return flat


def sparse_batch(model: Model, shape: tuple[int, int], seed: int = 0) -> FloatArray:
    """Return inputs of which three in ten are active, shape (*shape, n)."""
    rng = np.random.default_rng(seed)
    shape3 = (*shape, model.features)
    values = rng.uniform(-1 if model.absolute else 0, 1, shape3)
    return np.where(rng.random(shape3) < 0.3, values, 0.0)


def plain(model: Model, flat: Array, x: Array, importances: Array) -> tuple[FloatArray, Array]:
    """Return losses and gradient of the plain reference."""
    gradient = np.full_like(flat, np.nan)
    return batch_gradient(model, flat, x, importances, gradient), gradient


def majorant(model: Model, flat: Array, x: Array, importances: Array) -> tuple[Array, Array]:
    """Return what loss and gradient become with absolute values and no subtraction.

    Rounding errors of any way of summing are below a small number of units of it for each
    addition that a term goes through.
    """
    one = {name: abs(values) for name, values in model.views(flat.astype(np.float64)).items()}
    if model.tied:
        one["W1"], one["W2"] = one["W"], np.swapaxes(one["W"], -1, -2)
    x = abs(x.astype(np.float64))
    hidden = x @ np.swapaxes(one["W1"], -1, -2) + one.get("c", np.zeros(1))[..., None, :]
    error = hidden @ np.swapaxes(one["W2"], -1, -2) + one["b"][:, None] + x
    loss = (error**2 * importances[:, None]).sum(axis=2).mean(axis=1)
    error *= 2 * importances[:, None] / x.shape[1]
    behind = error @ one["W2"]
    slopes = {
        "W1": np.swapaxes(behind, -1, -2) @ x,
        "W2": np.swapaxes(error, -1, -2) @ hidden,
        "b": error.sum(axis=1),
        "c": behind.sum(axis=1),
    }
    slopes["W"] = slopes["W1"] + np.swapaxes(slopes["W2"], -1, -2)
    return loss, model.flatten({name: slopes[name] for name in model.shapes})


def excess(
    model: Model, flat: Array, x: Array, importances: Array, losses: Array, gradient: Array
) -> float:
    """Return the largest error of losses and gradient over its bound.

    The bound is (batch + n + m + 10) units of rounding of the majorant; the reference is in
    float64, whose own error is of no account for float32 and is allowed for by a factor of 2.
    """
    wide = flat.astype(np.float64)
    loss, slope = plain(model, wide, x.astype(np.float64), importances)
    loss_bound, slope_bound = majorant(model, flat, x, importances)
    unit = float(np.finfo(flat.dtype).eps)
    terms = 2 * unit * (x.shape[1] + model.features + model.dimensions + 10)
    return float(
        max(
            (abs(losses - loss) / (terms * loss_bound)).max(),
            (abs(gradient - slope) / (terms * slope_bound + 1e-300)).max(),
        )
    )


def reference_batch(problem: Problem, batch: int, rng: np.random.Generator) -> FloatArray:
    """Draw inputs of the first instance in the plainest way: supports, then values."""
    n, instance = problem.model.features, problem.instances[0]
    density = problem.densities[0]
    if instance.correlation == "independent":
        on = rng.random((batch, n)) < density
    else:
        size = n // instance.sets
        opened = rng.random((batch, instance.sets)) < density[::size]
        on = np.repeat(opened, size, axis=1)
        if instance.correlation == "anticorrelated":
            chosen = rng.integers(size, size=(batch, instance.sets))
            on &= (chosen[..., None] == np.arange(size)).reshape(batch, n)
    return np.where(on, rng.uniform(-1 if problem.model.absolute else 0, 1, (batch, n)), 0.0)


def expectation(problem: Problem, flat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and squared standard error of loss and gradient, in one row, of one instance.

    Exact for the tied ReLU output model; else from 2^19 plain samples.
    """
    model, importances = problem.model, problem.importances
    if model.kind == "relu" and model.tied:
        W, b = model.views(flat)["W"], model.views(flat)["b"]
        exact = loss_and_gradient(W, b, problem.activity(), importances=importances)
        slope = model.flatten({"W": exact.weights, "b": exact.biases})
        return np.append(exact.loss, slope), np.zeros(1 + model.size)
    rng = np.random.default_rng(12345)
    rows = []
    for _ in range(128):
        x = reference_batch(problem, 4096, rng)[None]
        rows.append(np.append(*plain(model, flat, x, importances)))
    return np.mean(rows, axis=0), np.var(rows, axis=0, ddof=1) / len(rows)


def law_deviation(kind: str, law: str, way: str, backend: str, steps: int) -> float:
    """Return the largest |z| of mean sampled losses and slopes of four features, in float32."""
    model = Model(kind, 4, 2)
    problem = Problem(model, [LAWS[law]])
    flat = parameters(model, seed=3)
    objective = SampledGradient(problem, 512, "float32", backend, [way])
    z = scores(objective, flat.astype(np.float32), expectation(problem, flat), steps)
    return float(abs(z).max())


def density_deviation(density: float, way: str, backend: str, steps: int) -> float:
    """Return the largest |z| of samples of a density about the expectation of density 0.3."""
    model = Model("relu", 4, 2)
    flat = parameters(model, seed=3)
    expected = expectation(Problem(model, [Instance(0.3, seed=1)]), flat)
    sampled = Problem(model, [Instance(density, seed=1)])
    objective = SampledGradient(sampled, 2048, "float64", backend, [way])
    return float(abs(scores(objective, flat, expected, steps)).max())


def scores(
    objective: Objective, flat: Array, expected: tuple[FloatArray, FloatArray], steps: int
) -> FloatArray:
    """Return by how many standard errors each mean of sampled losses and slopes is off."""
    gradient = np.empty_like(flat)
    rows = np.array(
        [np.append(objective(flat, gradient), gradient.astype(np.float64)) for _ in range(steps)]
    )
    error = np.sqrt(rows.var(axis=0, ddof=1) / steps + expected[1])
    moves = error > 0
    # what never moves is what is expected, up to events too rare to be seen
    assert (abs(rows[:, ~moves] - expected[0][~moves]) < 1e-12).all()
    return np.asarray((rows.mean(axis=0) - expected[0])[moves] / error[moves])
