"""The gradient that training samples is that of the population loss, on average."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import Activity, loss_and_gradient
from superposition_numerics.training import Instance, Model, Problem, Samples, geometric
from superposition_numerics.training.gradients import batch_gradient
from superposition_theory.toy_model import LinearModel, ReluModel
from sympy import Matrix, Rational, zeros

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Reference,
    Status,
)

from .cases import Family, on_cases

# ---------------------------------------------------------------- exact gradients


@dataclass(frozen=True)
class ExactCase:
    """A model with rational parameters, and a density for each feature."""

    model: ReluModel
    density: tuple[Rational, ...]


def mean_gradient_is_slope(case: ExactCase, *, factor: Any = 1) -> bool:
    """State that the mean gradient of a sample is the slope of the loss, both ways, in each entry.

    The mean comes from moments of the inputs where an output is on, the slope from the Taylor
    coefficients of the loss along a line; factor times the density is that of the moments.
    """
    m, n = case.model.dimensions, case.model.features
    slopes = []
    for a, i in [*product(range(m), range(n)), *((m, i) for i in range(n))]:
        step = zeros(m + 1, n)
        step[a, i] = 1
        right, left = (_slope(case, sign * step) for sign in (1, -1))
        if right != -left:
            return False
        slopes.append(right)
    mean = case.model.gradient([factor * p for p in case.density])
    return slopes == [*mean.weights, *mean.biases]


def _slope(case: ExactCase, step: Matrix) -> Any:
    """Return the one-sided slope of the loss; the last row of the step is that of the biases."""
    directions, shifts = step[:-1, :], list(step[-1, :])
    return case.model.expansion(directions, shifts, list(case.density), 1)[1]


def _exact_cases(context: Context) -> list[tuple[str, ExactCase]]:
    """Return an antipodal pair, three columns in a plane and four features on a line."""
    half, third, tenth = Rational(1, 2), Rational(1, 3), Rational(1, 10)
    pair = ReluModel([[1, -1]], [tenth, -tenth])
    plane = ReluModel(
        [[1, -half, 0], [third, 1, -Rational(3, 4)]], [-tenth, third, 0], [1, half, 2]
    )
    line = ReluModel([[1, -1, half, 0]], [0, -half, third, tenth])
    return [
        ("pair", ExactCase(pair, (half, half))),
        ("plane", ExactCase(plane, (half, third, Rational(1)))),
        ("line", ExactCase(line, (tenth,) * 4)),
    ]


def _kink(context: Context) -> list[tuple[str, ExactCase]]:
    """Return a feature without weight and bias."""
    return [("w = 0 = b", ExactCase(ReluModel([[0, 1]], [0, 0]), (Rational(1, 2),) * 2))]


# ---------------------------------------------------------------- sampled gradients

_BATCHES = 256
_LARGEST = 4.5  # standard deviations
_POINTS = 250_000  # of the midpoint rule on a support

Density = Callable[[float], float]


@dataclass(frozen=True)
class SampledCase:
    """A model, the law of its inputs and the size of a batch.

    Parameters
    ----------
    name : str
    model : Model
    density : float
    correlation : str
    sets : int
    blocks : int
        The weights are so many blocks on the diagonal, so that an output sees few inputs.
    batch : int
    """

    name: str
    model: Model
    density: float
    correlation: str = "independent"
    sets: int = 1
    blocks: int = 1
    batch: int = 1024

    def problem(self, seed: int) -> Problem:
        """Return the problem of one instance, with importances that fall."""
        importance = geometric(0.9, self.model.features)
        instance = Instance(self.density, importance, self.correlation, self.sets, seed)
        return Problem(self.model, [instance])

    def parameters(self, rng: np.random.Generator) -> FloatArray:
        """Return random parameters in steps of 1/256.

        Biases are positive: an output that only rare supports turn on has a mean gradient that is
        far from normal.
        """
        flat = np.zeros(self.model.size)
        for name, values in self.model.views(flat).items():
            drawn = rng.standard_normal(values.shape)
            drawn = 0.7 * drawn if name.startswith("W") else 0.2 * np.abs(drawn)
            values[...] = np.round(drawn * 256) / 256
            if name == "W":
                m, n = (length // self.blocks for length in values.shape)
                values[...] *= np.kron(np.eye(self.blocks), np.ones((m, n)))
        return flat


def expected_gradient(problem: Problem, flat: FloatArray, blocks: int) -> FloatArray:
    """Return the gradient of the population loss by a route without samples.

    ReLU outputs: the closed form, block by block; linear outputs: exact rationals; a hidden ReLU:
    the midpoint rule on every support.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Instance, Model, Problem
    >>> from superposition_proofs.claims.training import expected_gradient
    >>> problem = Problem(Model("linear", 1, 1), [Instance(1.0)])
    >>> expected_gradient(problem, np.array([1.0, 0.5]), 1).tolist()  # of E(b)^2: 2 b x 2 w, 2 b
    [1.0, 1.0]
    """
    if problem.model.hidden_relu:
        return _by_midpoints(problem, flat)
    gradient = np.zeros(problem.model.size)
    views = problem.model.views(gradient)
    parameters = problem.model.views(flat)
    if problem.model.output_relu:
        views["W"][...], views["b"][...] = _by_blocks(problem, parameters, blocks)
    else:
        rationals = [[Rational(x) for x in row] for row in parameters["W"].tolist()]
        importances = [Rational(x) for x in problem.importances[0].tolist()]
        model = LinearModel(rationals, _rationals(parameters["b"]), importances)
        exact = model.gradient(_rationals(problem.densities[0]))
        views["W"][...] = np.array(exact.weights.tolist(), dtype=np.float64)
        views["b"][...] = np.array(exact.biases, dtype=np.float64)
    return gradient


def _rationals(values: Any) -> list[Rational]:
    return [Rational(x) for x in values.tolist()]


def _by_blocks(
    problem: Problem, parameters: dict[str, Any], blocks: int
) -> tuple[FloatArray, FloatArray]:
    """Return the slopes in W and b of a ReLU model.

    Between blocks the gradient is a product of means: E[e_j x_i] = (dL/db_j) E[x_i] for an input i
    that output j does not see, and dL/dW = W (G + G^T) with G_ij = E[e_j x_i].
    """
    W, b = parameters["W"], parameters["b"]
    m, n = W.shape[0] // blocks, W.shape[1] // blocks
    diagonal = np.arange(blocks)
    own = W.reshape(blocks, m, blocks, n)[diagonal, :, diagonal]
    activity = (
        problem.activity()
        if blocks == 1
        else Activity.independent(problem.densities.reshape(blocks, n), features=n)
    )
    found = loss_and_gradient(
        own, b.reshape(blocks, n), activity, importances=problem.importances.reshape(blocks, n)
    )
    by_bias, means = found.biases.ravel(), problem.probabilities[0] / 2
    weights = W @ (np.outer(by_bias, means) + np.outer(means, by_bias))
    weights.reshape(blocks, m, blocks, n)[diagonal, :, diagonal] = found.weights
    return weights, by_bias


def _by_midpoints(problem: Problem, flat: FloatArray) -> FloatArray:
    """Return the mean gradient over a grid on each support, as fine as one of two features."""
    n = problem.model.features
    total = np.zeros((1, problem.model.size))
    for support, probability in enumerate(problem.activity().probabilities[0]):
        points = round(_POINTS ** (1 / max(support.bit_count(), 1)))
        values = (np.arange(points) + 0.5) / points
        if problem.model.absolute:
            values = 2 * values - 1
        axes = [values if support >> i & 1 else np.zeros(1) for i in range(n)]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(1, -1, n)
        gradient = np.zeros_like(total)
        batch_gradient(problem.model, flat[None], grid, problem.importances, gradient)
        total += probability * gradient
    return np.asarray(total[0])


def deviation(case: SampledCase, backend: str, rng: np.random.Generator, law: Density) -> float:
    """Return the largest |z| of the mean sampled gradient, over all entries.

    The gradient that it is compared with is that of the density law(p).

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_proofs.claims.training import SampledCase, deviation
    >>> case = SampledCase("pair", Model("relu", 2, 1), 0.5, batch=64)
    >>> bool(deviation(case, "numpy", np.random.default_rng(0), lambda p: p) < 4.5)
    True
    """
    problem, flat = case.problem(int(rng.integers(2**32))), case.parameters(rng)
    objective = Samples(case.batch).objective(problem, dtype="float64", backend=backend)
    gradients = np.zeros((_BATCHES, 1, flat.size))
    for gradient in gradients:
        objective(flat[None], gradient)
    instance = replace(problem.instances[0], density=law(case.density))
    expected = expected_gradient(replace(problem, instances=[instance]), flat, case.blocks)
    error = np.abs(gradients.mean(axis=0)[0] - expected)
    scale = gradients.std(axis=0, ddof=1)[0] / np.sqrt(_BATCHES)
    rounding = 1e-12 * (1 + np.abs(expected))
    return float((error / (scale + rounding)).max())


SAMPLED_CASES = (
    SampledCase("dense", Model("relu", 5, 2), 0.5),
    SampledCase("sparse", Model("relu", 12, 4), 0.005, blocks=4, batch=8192),
    SampledCase("correlated sets", Model("relu", 4, 2), 0.3, "correlated", 2),
    SampledCase("anticorrelated sets", Model("relu", 4, 2), 0.3, "anticorrelated", 2),
    SampledCase("sparse correlated sets", Model("relu", 9, 2), 0.005, "correlated", 3, batch=8192),
    SampledCase("wide and sparse", Model("relu", 48, 8), 0.01, blocks=8, batch=4096),
    SampledCase("linear", Model("linear", 4, 2), 0.4),
    SampledCase("hidden ReLU", Model("relu-hidden", 2, 2, hidden_bias=True), 0.4),
    SampledCase("absolute value", Model("absolute", 2, 3, tied=False), 0.4),
    SampledCase("sparse absolute value", Model("absolute", 2, 3, tied=False), 0.01, batch=32768),
)


@dataclass(frozen=True)
class SampledLaw:
    """Cases, and the density whose loss the samples are said to follow."""

    cases: tuple[SampledCase, ...]
    density: Density


def is_unbiased(law: SampledLaw, context: Context) -> Outcome:
    """Decide whether all entries of all mean gradients are within 4.5 standard deviations.

    Examples
    --------
    >>> from superposition_proofs.claims.training import SAMPLED_CASES, SampledLaw, is_unbiased
    >>> from superposition_proofs.ledger import Context, Level
    >>> dense = SAMPLED_CASES[:1]
    >>> is_unbiased(SampledLaw(dense, lambda p: 1.02 * p), Context(Level.quick, 0)).holds
    False
    """
    backends = ["numpy"]
    if context.level is Level.full and find_spec("numba") is not None:
        backends.append("numba")
    worst: dict[str, float] = {}
    tried = list(product(backends, law.cases))
    for k, (backend, case) in enumerate(tried):
        name = f"{case.name}, {backend}"
        worst[name] = deviation(case, backend, context.rng("sampled", name), law.density)
        if not worst[name] < _LARGEST:
            reason = f"off by {worst[name]:.3g} standard deviations: {name}"
            return Outcome(False, reason, _LARGEST - worst[name], len(tried), k + 1, {"name": name})
    largest = max(worst.values())
    reason = f"at most {largest:.2f} standard deviations in {len(tried)} cases"
    return Outcome(
        True, reason, _LARGEST - largest, len(tried), len(tried), details={"largest": worst}
    )


def scaled(density: float, *, factor: float) -> float:
    """Return the density times a factor."""
    return factor * density


def certain(density: float) -> float:
    """Return 1: every feature is active."""
    return 1.0


UNBIASED = Claim(
    "sampled-gradient-is-unbiased",
    "The mean gradient of a sample is the gradient of the population loss",
    r"\mathbf E\, \nabla_{W, b} \sum_j I_j (x_j - \operatorname{ReLU}(z_j))^2 "
    r"= \nabla_{W, b} \sum_j I_j\, \mathbf E\, (x_j - \operatorname{ReLU}(z_j))^2, \quad "
    r"z = W^{\mathsf T} W x + b",
    (
        r"w_j \ne 0 \text{ or } b_j \ne 0 \text{ for every } j \text{ with } p_j I_j > 0",
        r"\text{active features independent and uniform on } [0, 1]; \text{ any law of supports}",
        r"\nabla \operatorname{ReLU} = 0 \text{ at the kink}",
    ),
    "folklore; it is behind the training of Elhage et al. 2022, Toy Models of Superposition",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "The loss of output j is u^2 - 2 x_j u + x_j^2 with u = max(z, 0) and z = z_j. For "
            "real z and t, |max(z + t, 0)^2 - max(z, 0)^2 - 2 t max(z, 0)| <= t^2 and "
            "|max(z + t, 0) - max(z, 0) - t 1(z > 0)| <= |t| 1(|z| <= |t|). A step d of the "
            "parameters moves z by t = <grad z, d> + O(|d|^2), uniformly in x in the cube. So the "
            "mean loss at the step differs from the mean loss plus <mean gradient, d> by at most "
            "C |d|^2 + C |d| P(x_j > 0, |z| <= C |d|). As d goes to 0 the probability goes to "
            "P(x_j > 0, z = 0). Where j is active, z is an affine function of independent uniform "
            "variables with the coefficient |w_j|^2 of x_j: for w_j != 0 it vanishes with "
            "probability 0, and for w_j = 0 it is the constant b_j != 0.",
        ),
        Evidence(
            "samples",
            Status.supported,
            is_unbiased,
            SampledLaw(SAMPLED_CASES, partial(scaled, factor=1.0)),
            {
                "density off by 2 %": SampledLaw(SAMPLED_CASES, partial(scaled, factor=1.02)),
                "every feature active": SampledLaw(SAMPLED_CASES, certain),
            },
            ("population-loss",),
            description="The mean of 256 sampled gradients, each way to sample, all four models; "
            "at the full level with numba too, where it is installed.",
        ),
    ),
)

RATIONAL = Claim(
    "mean-gradient-is-the-slope-in-rationals",
    "In three rational models the mean gradient of a sample is the slope of the loss, exactly",
    r"\mathbf E\, \partial_\theta \ell = \partial_\theta\, \mathbf E\, \ell "
    r"\text{ from both sides, for every entry } \theta \text{ of } W, b",
    (
        r"\text{a pair, three columns in a plane, four features on a line;}",
        r"\text{the rational } W, b, p, I \text{ of the evidence}",
        r"\ell = \textstyle\sum_j I_j (x_j - \operatorname{ReLU}(z_j))^2",
    ),
    "ours",
    ClaimKind.theorem,
    (
        on_cases(
            mean_gradient_is_slope,
            {
                "density off by 2 %": partial(mean_gradient_is_slope, factor=Rational(49, 50)),
                "a feature with w = 0 = b": Family(mean_gradient_is_slope, _kink),
            },
            _exact_cases,
            description="Moments of the inputs beside one-sided slopes of the loss, in rationals.",
        ),
    ),
)

CLAIMS = (UNBIASED, RATIONAL)
