"""The population loss of the ReLU toy model: the exact formula against three other routes."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from math import factorial, prod
from typing import Any

import numpy as np
from superposition_numerics.toy_model import (
    loss_and_gradient,
    population_loss,
    quadrature_loss,
    sampled_loss,
)
from superposition_theory.toy_model import ReluModel, integration_step
from superposition_theory.toy_model.kernel import Moments
from sympy import QQ, Expr, Rational, integrate, symbols

from superposition_proofs.ledger import Claim, ClaimKind, Reference, Status

from .algebra import Identity, Steps, by_algebra, replaced
from .trials import LOSS_ERROR, in_trials, loss_error

_DEVIATIONS = 5  # one case in two million is further off by chance


def _residue(power: int, *, sign: int = 1) -> Expr:
    """Return d(antiderivative)/dx - integrand for x^power F_k(d + g x), k and all else symbolic."""
    integrand, antiderivative = integration_step(power)
    return (antiderivative.diff("x") - sign * integrand).expand()


def _kernel_moment(active: int, factors: tuple[int, ...]) -> Expr:
    """Return E_A[z_+^2], or E_A[x_0 z_+] for the factors (0,), as the kernel has it on a cell.

    On the cell b < 0 < b + g_i: every breakpoint but that of the empty set is positive.
    """
    names = symbols(f"b g:{active}")
    field = QQ.frac_field(*names)
    bias, *gains = (field.from_sympy(name) for name in names)
    gram = [[gains[i]] * active for i in range(active)]
    moments = Moments(
        gram, [bias] * active, field, lambda _, chosen, __: bool(chosen), lambda x, y: x / y
    )
    order = 1 if factors else 2
    return factorial(order) * field.to_sympy(moments(0, tuple(range(active)), order, factors))


def _beside_the_sum(active: int, *, factor: Any = 1) -> Expr:
    """Return the kernel's E_A[z_+^2] minus the displayed sum times a factor."""
    bias, *gains = symbols(f"b g:{active}")
    total = sum(
        (-1) ** (active - len(chosen)) * 2 * (bias + sum(chosen)) ** (active + 2)
        for size in range(1, active + 1)
        for chosen in combinations(gains, size)
    )
    return _kernel_moment(active, ()) - factor * total / factorial(active + 2) / prod(gains)


def _beside_the_integral(active: int, factors: tuple[int, ...]) -> Expr:
    """Return the kernel's moment minus the integral over the pieces of the cube where z > 0."""
    bias, *gains = symbols(f"b g:{active}")
    x, y = symbols("x y")
    z = bias + gains[0] * x + (gains[1] * y if active == 2 else 0)
    weighted = x * z if factors else z**2
    kink = -bias / gains[0]  # where z vanishes at y = 0
    if active == 1:
        integral = integrate(weighted, (x, kink, 1))
    else:
        below = integrate(weighted, (y, -(bias + gains[0] * x) / gains[1], 1))
        above = integrate(weighted, (y, 0, 1))
        integral = integrate(below, (x, 0, kink)) + integrate(above, (x, kink, 1))
    return _kernel_moment(active, factors) - integral


_STEPS: Steps = (
    *(Identity(f"step with x^{power}", partial(_residue, power), 0) for power in (0, 1, 2)),
    *(Identity(f"sum for |A| = {n}", partial(_beside_the_sum, n), 0) for n in (1, 2, 3)),
    *(
        Identity(f"integral of {name} for |A| = {n}", partial(_beside_the_integral, n, factors), 0)
        for n in (1, 2)
        for name, factors in (("z^2", ()), ("x_j z", (0,)))
    ),
)


class Instance:
    """A random exact model with its floats: rational entries of at most 8 bits after the point.

    One column in five is zero, and one model in three has orthogonal columns.
    """

    def __init__(self, rng: np.random.Generator, *, most_features: int) -> None:
        n = int(rng.integers(1, most_features + 1))
        m = int(rng.integers(1, n + 1))
        W = np.round(rng.normal(size=(m, n)) * 256) / 256
        if rng.uniform() < 1 / 3:  # columns on the axes: inner products that vanish
            W = np.where(np.arange(m)[:, None] == np.arange(n) % m, W, 0.0)
        W[:, rng.uniform(size=n) < 0.2] = 0.0
        self.W = W
        self.biases = np.round(rng.normal(size=n) * 128) / 256
        self.density = np.round(rng.uniform(size=n) * 256) / 256
        self.importances = np.round(rng.uniform(size=n) * 512) / 256

    @property
    def model(self) -> ReluModel:
        """The exact model."""
        return ReluModel(_rationals(self.W), _rationals(self.biases), _rationals(self.importances))

    @property
    def exact_density(self) -> list[Rational]:
        """The densities as rationals."""
        return [Rational(x) for x in self.density]

    @property
    def error(self) -> float:
        """The stated error of its float loss."""
        return loss_error(self.W, self.biases, self.importances)


def _rationals(values: Any) -> Any:
    """Return nested lists of floats as rationals, exactly."""
    return [_rationals(row) for row in values] if np.ndim(values) else Rational(float(values))


def route_error(
    rng: np.random.Generator, *, route: Any = population_loss, factor: float = 1.0, most: int = 4
) -> float | None:
    """Return the difference of a float route to the exact loss, in errors."""
    instance = Instance(rng, most_features=most)
    if not instance.importances.any():
        return None
    exact = factor * float(instance.model.loss(instance.exact_density))
    found = float(
        route(instance.W, instance.biases, instance.density, importances=instance.importances)
    )
    return float(abs(found - exact) / instance.error)


def sampling_error(rng: np.random.Generator, *, factor: float = 1.0) -> float | None:
    """Return the difference of a sampled loss to the exact one, in 5 standard errors."""
    instance = Instance(rng, most_features=4)
    exact = factor * float(instance.model.loss(instance.exact_density))
    sample = sampled_loss(
        instance.W,
        instance.biases,
        instance.density,
        importances=instance.importances,
        samples=20_000,
        rng=rng,
    )
    if not sample.standard_error > 0:
        return None
    return float(abs(sample.value - exact) / (_DEVIATIONS * sample.standard_error))


def gradient_error(rng: np.random.Generator, *, factor: float = 1.0) -> float | None:
    """Return the largest difference of the float gradient to the exact one, in errors."""
    instance = Instance(rng, most_features=3)
    norms = np.sqrt((instance.W**2).sum(axis=0))
    if not instance.importances.any() or ((norms == 0) & (instance.biases == 0)).any():
        return None
    exact = instance.model.gradient(instance.exact_density)
    found = loss_and_gradient(
        instance.W, instance.biases, instance.density, importances=instance.importances
    )
    bound = np.abs(instance.biases) + norms * norms.sum()
    scale = 2 * LOSS_ERROR * float(instance.importances @ (1 + bound))
    weights = np.array(exact.weights.tolist(), dtype=np.float64)
    biases = np.array(exact.biases, dtype=np.float64)
    longest = max(1.0, float(norms.max()))
    in_weights = float(np.abs(found.weights - factor * weights).max()) / longest
    in_biases = float(np.abs(found.biases - factor * biases).max())
    return max(in_weights, in_biases) / scale


POPULATION_LOSS = Claim(
    "population-loss",
    "The population loss of the ReLU toy model by inclusion and exclusion",
    r"\mathbf E_A\, (z_j)_+^2 = \Bigl(\prod_{i \in A} g_{ij}\Bigr)^{-1} \sum_{B \subset A} "
    r"(-1)^{|A| - |B|}\, 2 F_{|A| + 2}\Bigl(b_j + \sum_{i \in B} g_{ij}\Bigr), \quad "
    r"L = \sum_{j} I_j \sum_A p^{|A|} (1 - p)^{n - |A|}\, \mathbf E_A\, (x_j - (z_j)_+)^2",
    (
        r"z_j = b_j + \sum_{i \in A} g_{ij} x_i,\ g = W^{\mathsf T} W,\ F_k(t) = t_+^k / k!",
        r"x_i \text{ uniform on } [0, 1] \text{ for } i \in A, \text{ else } 0",
        (
            r"\text{factors with } g_{ij} = 0 \text{ left out; moments with a factor } x_j "
            r"\text{ by the same steps}"
        ),
    ),
    "Elhage et al. 2022 for the model; the sum over supports is theirs, the formula ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _STEPS,
            {
                "a sign in the step": replaced(
                    _STEPS, "step with x^1", derived=partial(_residue, 1, sign=-1)
                ),
                "a missing 1/2 in the sum": replaced(
                    _STEPS,
                    "sum for |A| = 2",
                    derived=partial(_beside_the_sum, 2, factor=Rational(1, 2)),
                ),
            },
        ),
        Reference(
            Status.written,
            "From the step to the sum, by induction over the active features: each is integrated "
            "by the step, whose antiderivative is decided for every order k, and doubles the terms "
            "by its two ends. The sum itself is decided for up to three active features.",
        ),
        in_trials(
            route_error,
            {"loss off by 1e-12": partial(route_error, factor=1 + 1e-12)},
            quick=80,
            full=500,
            name="positive recursion",
            description="The exact rational loss beside the float recursion on random models.",
        ),
        in_trials(
            partial(route_error, route=quadrature_loss),
            {"loss off by 1e-12": partial(route_error, route=quadrature_loss, factor=1 + 1e-12)},
            quick=80,
            full=500,
            name="quadrature",
            description="The exact rational loss beside piecewise Gauss quadrature.",
        ),
        in_trials(
            sampling_error,
            {"loss off by 1/5": partial(sampling_error, factor=1.2)},
            quick=40,
            full=500,
            name="sampling",
            description="The exact rational loss beside samples of 20,000, to 5 standard errors.",
        ),
        in_trials(
            gradient_error,
            {"gradient off by 1e-12": partial(gradient_error, factor=1 + 1e-12)},
            quick=60,
            full=500,
            name="gradient",
            description="The exact gradient beside the float one on random models.",
        ),
    ),
)

CLAIMS = (POPULATION_LOSS,)
