"""Two features in one dimension: where dropping one goes soft, and how the pair sets in."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import partial

import numpy as np
from superposition_numerics.landscape import Setting, global_minimum
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    IMPORTANCE,
    NORM_RATE,
    best_bias_rate,
    critical_importance,
    critical_penalty,
    cubic_coefficient,
    dropped_expansion,
    dropped_stability,
    frozen_bias_margin,
    parallel_margin,
    tricritical_points,
)
from sympy import Expr, Rational, Symbol, hessian

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
from .hypotheses import TWO_FEATURES, UNIFORM
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
    PositiveOn("convex at beta = 0", lambda: _convexity().subs(beta, 0), p, *_UNIT),
    PositiveOn("convex at beta = 1", lambda: _convexity().subs(beta, 1), p, *_UNIT),
    Identity(
        "a parallel partner is stiffer",
        parallel_margin,
        (1 - p) ** 2 * (p * (1 - p) / 3 + p * _W - _W**2),
    ),
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
    "Dropping a feature is unstable exactly above the importance kappa/v",
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
    """Return 1 + (least float loss found - v)/v, error included: at most 1 if it is below."""
    density = float(rng.uniform(0.02, 0.97))
    dropped = factor * (density / 3 - density**2 / 4)
    best = global_minimum(Setting(2, 1, density), starts=4)
    return 1 + (best.loss + 4 * LOSS_ERROR - dropped) / dropped


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
            quick=8,
            full=60,
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
    Decided(
        "continuous between them only",
        lambda: [point.continuous_above for point in tricritical_points()] == [True, False],
    ),
)

TRICRITICAL = Claim(
    "tricritical-points",
    "Dropping gives way to a weak pair continuously between two densities only",
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
                )
            },
            "dropped-feature-goes-soft",
        ),
    ),
)

# ---------------------------------------------------------------- the regularised model

_lambda = Symbol("lambda", nonnegative=True)


def _swapped() -> Expr:
    """Return L_lambda(I) - I L_{lambda/I}(1/I) with the features exchanged, for general outputs."""
    first, second, overlap = (Symbol(x) for x in ("L_1", "L_2", "G"))

    def regularised(own: Expr, other: Expr, importance: Expr, penalty: Expr) -> Expr:
        return own + importance * other + 2 * penalty * overlap**2

    return regularised(first, second, r, _lambda) - r * regularised(
        second, first, 1 / r, _lambda / r
    )


_PENALTY: Steps = (
    Identity("threshold", critical_penalty, (r * (p / 3 - p**2 / 4) - _STIFFNESS) / 2),
    Identity("exchange of the features", _swapped, 0),
    Decided("linear in I", lambda: cubic_coefficient().as_poly(r).degree() == 1),
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
    "With a penalty on interference the dropped point is stable exactly above (I v - kappa)/2",
    r"\lambda_c(I, p) \ge \tfrac12 (I v - \kappa) \ (I \le 1), \qquad "
    r"\lambda_c(I, p) = I\,\lambda_c(1/I, p)",
    (
        TWO_FEATURES,
        r"L_\lambda = L + \lambda \sum_{i \ne j} \langle w_i, w_j \rangle^2",
        r"\lambda_c = \text{the least penalty from which on dropping is optimal}",
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
