"""Two features in one dimension: where dropping one goes soft, and how the pair sets in."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from superposition_numerics.landscape import Setting, global_minimum
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    IMPORTANCE,
    NORM_RATE,
    PENALTY,
    best_bias_rate,
    critical_importance,
    critical_penalty,
    cubic_on_the_boundary,
    dropped_expansion,
    dropped_stability,
    frozen_bias_margin,
    parallel_margin,
    penalty_expansion,
    tricritical_points,
)
from superposition_theory.toy_model import Cell, loss_on_cell
from sympy import Expr, Matrix, Rational, Symbol, hessian, symbols

from superposition_proofs.boundaries import pair_merges, pair_merges_by_penalty
from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import (
    Decided,
    Identity,
    PositiveOn,
    Steps,
    by_algebra,
    has_decimals,
    replaced,
)
from .hypotheses import STABLE, TWO_FEATURES, UNIFORM
from .trials import LOSS_ERROR, in_trials

p, r, beta = DENSITY, IMPORTANCE, BIAS_RATE
_UNIT = (Rational(0), Rational(1))

# ---------------------------------------------------------------- the dropped point


def _convexity() -> Expr:
    """Return the determinant of the Hessian in omega and beta over 8 p/3, in p and beta."""
    quadratic = dropped_expansion().quadratic
    matrix = hessian(quadratic, (NORM_RATE, beta))
    return matrix.det() / matrix[0, 0]


_STIFFNESS = (
    p**2 / 3
    - p**2 * beta
    + (1 - p + p**2) * beta**2
    + p * (1 - p) * beta**3 / 3
    - Rational(3, 4) * p * (beta - p / 2) ** 2
)
_BIAS_EQUATION = p * (1 - p) * beta**2 + (2 - Rational(7, 2) * p + 2 * p**2) * beta - p**2 / 4
_W = Symbol("w", positive=True)
_SOFT: Steps = (
    Identity("constant term", lambda: dropped_expansion().constant, r * (p / 3 - p**2 / 4)),
    Identity("no linear term", lambda: dropped_expansion().linear, 0),
    Identity("best omega", lambda: dropped_stability().norm_rate, -Rational(3, 4) * (beta - p / 2)),
    Identity("best delta", lambda: dropped_stability().dropped_bias_rate, p / 2),
    Identity("kappa", lambda: dropped_stability().stiffness, _STIFFNESS),
    Identity("equation of beta", lambda: dropped_stability().bias_equation, -4 * _BIAS_EQUATION),
    PositiveOn("below the root at beta = 0", lambda: -_BIAS_EQUATION.subs(beta, 0), p, *_UNIT),
    PositiveOn("above the root at beta = 1", lambda: _BIAS_EQUATION.subs(beta, 1), p, *_UNIT),
    Decided("the Hessian is linear in beta", lambda: _convexity().as_poly(beta).degree() <= 1),
    PositiveOn("convex at beta = 0", lambda: _convexity().subs(beta, 0), p, *_UNIT),
    PositiveOn("convex at beta = 1", lambda: _convexity().subs(beta, 1), p, *_UNIT),
    Identity(
        "margin of a parallel partner",
        parallel_margin,
        (1 - p) ** 2 * (p * (1 - p) / 3 + p * _W - _W**2),
    ),
    Identity(
        "the margin is concave in w", lambda: parallel_margin().diff(_W, 2), -2 * (1 - p) ** 2
    ),
    PositiveOn("margin at w = 0", lambda: parallel_margin().subs(_W, 0), p, *_UNIT),
    PositiveOn("margin at w = p", lambda: parallel_margin().subs(_W, p), p, *_UNIT),
)


def merger_distance(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return how far the float merger of pair and dropped feature is from kappa/v, in errors.

    Densities are drawn between the tricritical points, and not close to them: there the separation
    goes to 0 with a vanishing slope.
    """
    density = Fraction(int(rng.integers(55, 81)), 100)
    found = pair_merges(density)
    if found.order != "second":
        return sys.float_info.max
    stated = factor * float(critical_importance(density))
    return abs(found.value - stated) / (4 * found.error)


SOFT_DROPPED_POINT = Claim(
    "dropped-feature-goes-soft",
    "Dropping a feature is stable below the importance kappa/v and unstable above",
    r"L = I v + (\kappa - I v)\,\varepsilon^2 + O(\varepsilon^3), \quad I_c = \kappa/v, \quad "
    r"\kappa = \tfrac{p^2}3 - p^2\beta + (1 - p + p^2)\beta^2 + \tfrac{p(1-p)}3\beta^3 - "
    r"\tfrac34 p\,(\beta - \tfrac p2)^2",
    (
        TWO_FEATURES,
        (
            r"w = (1 + \omega\varepsilon, -\varepsilon),\ b = (\beta\varepsilon, "
            r"\tfrac p2 + \delta\varepsilon),\ \varepsilon > 0, \text{ best } \omega, \beta, \delta"
        ),
        r"p(1-p)\beta^2 + (2 - \tfrac72 p + 2p^2)\beta - \tfrac{p^2}4 = 0,\ \beta > 0",
        STABLE,
        UNIFORM,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _SOFT,
            {
                "kappa with a missing 1/2": replaced(
                    _SOFT,
                    "kappa",
                    stated=_STIFFNESS
                    + Rational(3, 4) * p * (beta - p / 2) ** 2
                    - Rational(3, 4) * p * (beta - p) ** 2,
                ),
                "boundary shifted by 1/100": replaced(
                    _SOFT, "kappa", stated=Rational(101, 100) * _STIFFNESS
                ),
            },
            "population-loss",
            "dropped-feature-loss",
        ),
        in_trials(
            merger_distance,
            {"boundary shifted by 1/100": partial(merger_distance, factor=1.01)},
            quick=1,
            full=8,
            description="The float loss: a weak pair is followed to where it merges with dropping.",
        ),
    ),
)

_MARGIN: Steps = (
    Identity("v - kappa at beta = p/2", frozen_bias_margin, p * (1 - p) * (2 - p) ** 3 / 24),
    PositiveOn("it is positive", frozen_bias_margin, p, *_UNIT),
)


def excess_over_dropping(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return 1 + (least float loss found - v)/v, error included: at most 1 if it is below.

    The larger one of a small and a large density: dropping is almost optimal at large ones.
    """
    excesses = []
    for low, high in ((0.02, 0.65), (0.65, 0.97)):
        density = float(rng.uniform(low, high))
        dropped = factor * (density / 3 - density**2 / 4)
        best = global_minimum(Setting(2, 1, density), starts=4)
        excesses.append((best.loss + 4 * LOSS_ERROR - dropped) / dropped)
    return 1 + max(excesses)


NEVER_DROP = Claim(
    "dropping-is-not-optimal-at-equal-importance",
    "At equal importance two features in one dimension are never best served by dropping one",
    r"v - \kappa \ge v - \kappa\big|_{\beta = p/2} = \frac{p (1 - p) (2 - p)^3}{24} > 0 "
    r"\quad (0 < p < 1)",
    (TWO_FEATURES, r"I = 1", UNIFORM),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _MARGIN,
            {
                "an exponent": replaced(
                    _MARGIN, "v - kappa at beta = p/2", stated=p * (1 - p) * (2 - p) ** 2 / 24
                )
            },
            "dropped-feature-goes-soft",
        ),
        in_trials(
            excess_over_dropping,
            {"dropping at 9/10 of its cost": partial(excess_over_dropping, factor=0.9)},
            quick=4,
            full=40,
            description="The best of several descents at I = 1 lies below v, at random densities.",
        ),
    ),
)

# ---------------------------------------------------------------- the order of the transition

_X = Symbol("x")
_DEGREE_NINE = (
    81 * _X**9
    - 756 * _X**8
    + 3546 * _X**7
    - 9882 * _X**6
    + 17265 * _X**5
    - 19449 * _X**4
    + 14188 * _X**3
    - 6496 * _X**2
    + 1696 * _X
    - 192
)


def _cubic_at(density: Rational) -> Expr:
    """Return the coefficient of eps^3 on I = I_c at a density."""
    return cubic_on_the_boundary().subs(beta, best_bias_rate()).subs(p, density)


def _tricritical(index: int, densities: tuple[str, str]) -> bool:
    """Say whether the points have the stated polynomial and decimals, and both orders follow."""
    points = tricritical_points()
    if len(points) != 2:
        return False
    point = points[index]
    polynomial = point.density.minimal.as_expr().subs(point.density.minimal.gen, _X)
    density, importance = point.bounds(digits=25)
    return (
        (81 * polynomial - _DEGREE_NINE).expand() == 0
        and has_decimals(density, densities[0])
        and has_decimals(importance, densities[1])
    )


_ORDER: Steps = (
    Decided("first point", partial(_tricritical, 0, ("0.520247736799", "0.574041907440"))),
    Decided("second point", partial(_tricritical, 1, ("0.837319580135", "0.896440608365"))),
    Decided("of first order before them", lambda: _cubic_at(Rational(1, 2)) < 0),
    Decided(
        "continuous between them only",
        lambda: [point.continuous_above for point in tricritical_points()] == [True, False],
    ),
)

TRICRITICAL = Claim(
    "tricritical-points",
    "Locally, dropping gives way to a weak pair continuously between two densities only",
    r"\text{of first order for } p < p_1 \text{ and } p > p_2, "
    r"\text{ continuous for } p_1 < p < p_2, "
    r"\quad p_1 = 0.520247736799\ldots,\ p_2 = 0.837319580135\ldots",
    (
        TWO_FEATURES,
        (
            r"\text{the transition at } I_c = \kappa/v: \text{ the sign of the coefficient of } "
            r"\varepsilon^3"
        ),
        (
            r"p_1, p_2 \text{ roots of } 81x^9 - 756x^8 + 3546x^7 - 9882x^6 + 17265x^5 - "
            r"19449x^4 + 14188x^3 - 6496x^2 + 1696x - 192"
        ),
        UNIFORM,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _ORDER,
            {
                "second point at 0.857": replaced(
                    _ORDER,
                    "second point",
                    question=partial(_tricritical, 1, ("0.857", "0.896440608365")),
                ),
                "continuous before them": replaced(
                    _ORDER,
                    "of first order before them",
                    question=lambda: _cubic_at(Rational(1, 2)) > 0,
                ),
            },
            "dropped-feature-goes-soft",
        ),
    ),
)

# ---------------------------------------------------------------- the regularised model


def _swapped(factor: Any = r) -> Expr:
    """Return L_lambda(I) - I L_{lambda/factor}(1/I) with the features exchanged.

    On the cell of a pair with different norms and biases; the factor is I.
    """
    a, c, g, b1, b2 = symbols("a c s b1 b2", positive=True)
    at = {a: 1, c: Rational(1, 2), g: Rational(2, 3), b1: Rational(1, 10), b2: Rational(1, 5)}

    def regularised(order: int, importance: Expr, penalty: Expr) -> Expr:
        gram = Matrix([[a, -g], [-g, c]]).extract([0, 1][::order], [0, 1][::order])
        biases = [b1, b2][::order]
        cell = Cell.at(gram, biases, at)
        return loss_on_cell(gram, biases, p, cell, [1, importance]) + 2 * penalty * g**2

    return regularised(1, r, PENALTY) - r * regularised(-1, 1 / r, PENALTY / factor)


_PENALTY: Steps = (
    Identity("penalty at order eps", lambda: penalty_expansion()[1], 0),
    Identity("penalty at order eps^2", lambda: penalty_expansion()[2], 2 * PENALTY),
    Identity("threshold", critical_penalty, (r * (p / 3 - p**2 / 4) - _STIFFNESS) / 2),
    Identity("exchange of the features", _swapped, 0),
)


def penalty_distance(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return how far the float merger in the penalty is from (I v - kappa)/2, in errors.

    I = 1 and densities between 0.6 and 0.8, where the cubic coefficient is positive.
    """
    density = Fraction(int(rng.integers(60, 81)), 100)
    found = pair_merges_by_penalty(density, Fraction(1))
    if found.order != "second":
        return sys.float_info.max
    value = critical_penalty().subs({r: 1, beta: best_bias_rate()}).subs(p, Rational(density))
    return abs(found.value - factor * float(value)) / (4 * found.error)


PENALTY_THRESHOLD = Claim(
    "regularised-dropped-point",
    "With a penalty on interference dropping is unstable below (I v - kappa)/2 and stable above",
    r"\lambda_c(I, p) \ge \tfrac12 (I v - \kappa) \ (I \le 1), \qquad "
    r"\lambda_c(I, p) = I\,\lambda_c(1/I, p)",
    (
        TWO_FEATURES,
        r"L_\lambda = L + \lambda \sum_{i \ne j} \langle w_i, w_j \rangle^2",
        r"\lambda_c = \text{the least penalty from which on dropping is optimal}",
        STABLE,
        UNIFORM,
    ),
    "ours; Math for AI Safety registry, problem O51",
    ClaimKind.theorem,
    (
        by_algebra(
            _PENALTY,
            {
                "a missing 1/2": replaced(
                    _PENALTY, "threshold", stated=r * (p / 3 - p**2 / 4) - _STIFFNESS
                ),
                "each pair of features counted once": replaced(
                    _PENALTY, "penalty at order eps^2", stated=PENALTY
                ),
                "exchange without the penalty's factor": replaced(
                    _PENALTY, "exchange of the features", derived=partial(_swapped, factor=1)
                ),
            },
            "dropped-feature-goes-soft",
        ),
        in_trials(
            penalty_distance,
            {"a missing 1/2": partial(penalty_distance, factor=2.0)},
            quick=1,
            full=6,
            description="The float loss: a pair is followed in the penalty to where it merges.",
        ),
    ),
)

CLAIMS = (SOFT_DROPPED_POINT, NEVER_DROP, TRICRITICAL, PENALTY_THRESHOLD)
