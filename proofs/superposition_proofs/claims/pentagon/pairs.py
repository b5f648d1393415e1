"""One feature active at a time: the loss by pairs, and two lemmas about pairs of columns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from superposition_theory.pentagon import (
    Region,
    exclusion_excess,
    overlap_piece,
    own_piece,
    sum_over_pairs,
    symmetrisation_residue,
    zero_column_excess,
)
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import THRESHOLD
from superposition_theory.toy_model import ReluModel
from sympy import Expr, Rational, Symbol, cancel, diff, symbols, together

from superposition_proofs.ledger import Claim, ClaimKind, Context, Level

from ..algebra import Decided, Identity, PositiveOn, Steps, by_algebra, replaced
from ..cases import on_cases
from ..trials import in_trials

a, b, g, t = NORM, BIAS, OVERLAP, THRESHOLD
_ZERO, _ONE = Rational(0), Rational(1)
PIECES = (
    r"D(a, b) = \int_0^1 \bigl(x - (a x + b)_+\bigr)^2 dx",
    r"C(g, b) = \int_0^1 (g x + b)_+^2\, dx",
)

# ---- the sum over pairs ------------------------------------------------------------------------


def _own_with_threshold() -> Expr:
    """Return D(a, -t a) where the output rises from 0 at x = t."""
    return own_piece(Region.rising).subs(b, -t * a)


def _pair_symbols() -> set[Symbol]:
    """Return what the cost of an output depends on while another feature is active."""
    return set().union(*(overlap_piece(region).free_symbols for region in Region))


_PAIRS: Steps = (
    Identity("D, on", lambda: own_piece(Region.on), (1 - a) ** 2 / 3 - (1 - a) * b + b**2),
    Identity(
        "D, rising at t = -b/a",
        _own_with_threshold,
        Rational(1, 3) - a * (1 - t) ** 2 * (2 + t) / 3 + a**2 * (1 - t) ** 3 / 3,
    ),
    Identity("D, off", lambda: own_piece(Region.off), Rational(1, 3)),
    Identity("C, on", lambda: overlap_piece(Region.on), g**2 / 3 + g * b + b**2),
    Identity("C, rising", lambda: overlap_piece(Region.rising), (g + b) ** 3 / (3 * g)),
    Identity("C, falling", lambda: overlap_piece(Region.falling), -(b**3) / (3 * g)),
    Identity("C, off", lambda: overlap_piece(Region.off), 0),
    Decided("C depends on g and b alone", lambda: _pair_symbols() == {g, b}),
)


def _models(context: Context) -> Iterable[tuple[str, ReluModel]]:
    """Yield seeded models with rational weights, some columns zero or orthogonal."""
    count = 12 if context.level is Level.quick else 100
    for k in range(count):
        rng = context.rng("model", k)
        n, m = (int(x) for x in (rng.integers(1, 7), rng.integers(1, 4)))
        W = np.round(rng.normal(size=(m, n)) * 8).astype(int)
        W[:, rng.uniform(size=n) < 0.2] = 0
        biases = np.round(rng.normal(size=n) * 8).astype(int)
        weights = [[Rational(int(entry), 8) for entry in row] for row in W]
        yield f"model {k}", ReluModel(weights, [Rational(int(bias), 16) for bias in biases])


def _is_sum_over_pairs(model: ReluModel, *, biases: Any = None) -> bool:
    """Say whether T_1 of a model is the sum over pairs."""
    used = model.biases if biases is None else biases(model)
    return bool(model.one_active == sum_over_pairs(model.gram.tolist(), used))


def _without_biases(model: ReluModel) -> bool | None:
    """Say whether T_1 is the sum over pairs of the unbiased model: false for most."""
    return _is_sum_over_pairs(model, biases=lambda m: [0] * m.features)


DECOMPOSITION = Claim(
    "one-active-loss-by-pairs",
    "With one feature active the loss is a sum over pairs of columns",
    r"T_1(W, b) = \sum_j \Bigl[ D(a_j, b_j) + \sum_{i \ne j} C(g_{ij}, b_j) \Bigr]",
    (
        r"g = W^{\mathsf T} W,\ a_j = g_{jj}, \text{ any number of features and dimensions}",
        *PIECES,
        r"T_1 = n L_1: \text{ the sum over } i \text{ of the loss given that } i \text{ is active}",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _PAIRS,
            {
                "a missing 1/2": replaced(_PAIRS, "C, rising", stated=(g + b) ** 3 / (6 * g)),
                "no falling part": replaced(_PAIRS, "C, falling", stated=0),
            },
            "population-loss",
        ),
        on_cases(
            _is_sum_over_pairs,
            {"without biases": _without_biases},
            _models,
            name="exact models",
            description="Exact rational models of up to six features beside the sum over pairs.",
        ),
    ),
)

# ---- exclusion -----------------------------------------------------------------------------------


def _pointwise() -> Expr:
    """Return (x - y)^2 + y^2 - x^2/2."""
    x, y = symbols("x y", real=True)
    return (x - y) ** 2 + y**2 - x**2 / 2 - 2 * (y - x / 2) ** 2


def _on_excess(bound: Rational) -> Expr:
    """Return D + C - bound for a bias b >= 0, less twice the integral of (y - x/2)^2."""
    square = 2 * ((b + (a - Rational(1, 2)) / 2) ** 2 + (a - Rational(1, 2)) ** 2 / 12)
    return exclusion_excess(Region.on, bound) - square


def _rising_discriminant(bound: Rational) -> Expr:
    """Return R S - P^2, D + C - bound = R - 2 P a + S a^2 along b = -t a: over (1 - t)^3."""
    along = cancel(together(exclusion_excess(Region.rising, bound).subs(b, -t * a)))
    square, linear, constant = (along.as_poly(a).nth(k) for k in (2, 1, 0))
    return cancel((constant * square - linear**2 / 4) / (1 - t) ** 3)


def _slope_rising() -> Expr:
    """Return dC/dg over g along b = -s g."""
    return cancel(diff(overlap_piece(Region.rising), g).subs(b, -t * g) / g)


def _exclusion(bound: Rational, zero: Rational) -> Steps:
    """Return the steps for D + C >= bound and D(0, b) >= zero."""
    half = Rational(1, 2)
    return (
        Identity("(x - y)^2 + y^2 = x^2/2 + 2 (y - x/2)^2", _pointwise, 0),
        Identity(
            "C grows with g, b >= 0", lambda: diff(overlap_piece(Region.on), g), 2 * g / 3 + b
        ),
        PositiveOn("C grows with g, b = -t g", _slope_rising, t, _ZERO, _ONE),
        Identity(
            "C is continuous in g at g = -b",
            lambda: overlap_piece(Region.rising).subs(g, -b) - overlap_piece(Region.off),
            0,
        ),
        Identity("b >= 0: a sum of squares", partial(_on_excess, bound), 0),
        PositiveOn("b = -t a: no real root", partial(_rising_discriminant, bound), t, _ZERO, _ONE),
        Decided("off: 1/3 is more", lambda: exclusion_excess(Region.off, bound) > 0),
        Identity("zero column, b >= 0", partial(zero_column_excess, zero), (b - half) ** 2),
        Decided("zero column, b < 0: 1/3 is more", lambda: own_piece(Region.off) > zero),
    )


_EXCLUSION = _exclusion(Rational(1, 6), Rational(1, 12))


def _quadrature(slope: float, bias: float, target: float) -> float:
    """Return int_0^1 (target x - (slope x + bias)_+)^2 dx by Gauss on the two pieces."""
    nodes, weights = np.polynomial.legendre.leggauss(4)
    kink = -bias / slope if slope else 0.0
    cuts = [0.0, kink, 1.0] if 0 < kink < 1 else [0.0, 1.0]
    total = 0.0
    for low, high in pairwise(cuts):
        x = (low + high) / 2 + (high - low) / 2 * nodes
        total += (
            (high - low) / 2 * float(weights @ (target * x - np.maximum(slope * x + bias, 0)) ** 2)
        )
    return total


def exclusion_violation(rng: np.random.Generator, *, least: float = 1 / 6) -> float:
    """Return by how much D(a, b) + C(g, b), g >= a, lies below 1/6 on a draw near equality."""
    norm = 0.5 + 0.2 * rng.normal()
    if norm < 0:
        norm = 0.0
    overlap, bias = norm + abs(rng.normal()) * rng.integers(0, 2), 0.1 * rng.normal()
    found = _quadrature(norm, bias, 1.0) + _quadrature(overlap, bias, 0.0)
    return max(least - found, 0.0) / 1e-14


EXCLUSION = Claim(
    "parallel-columns-cost-a-sixth",
    "A column that overlaps another by its squared norm, or is zero, is too expensive",
    r"D(a, b) + C(g, b) \ge \tfrac16 \ (g \ge a \ge 0), \qquad D(0, b) \ge \tfrac1{12}",
    (*PIECES, r"a, b, g \in \mathbf R"),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _EXCLUSION,
            {
                "1/6 + 1/100": _exclusion(Rational(1, 6) + Rational(1, 100), Rational(1, 12)),
                "1/12 + 1/100": _exclusion(Rational(1, 6), Rational(1, 12) + Rational(1, 100)),
            },
            "one-active-loss-by-pairs",
        ),
        in_trials(
            exclusion_violation,
            {"1/6 + 1/1000": partial(exclusion_violation, least=1 / 6 + 1e-3)},
            quick=200,
            full=5000,
            description="D + C by Gauss quadrature on random a, b, g near equality.",
        ),
    ),
)

# ---- symmetrisation ----------------------------------------------------------------------------

_D, _D_OTHER, _C, _C_OTHER, _MU, _K, _THETA, _A, _B = symbols("D D' C C' mu K theta A B")


def _dual_less_halves(weight: Rational) -> Expr:
    """Return G - (Gamma + Gamma')/2, by the definitions of G and Gamma."""
    dual = (_D + _D_OTHER) / 2 + _C + _C_OTHER + _MU * _THETA - _K
    halves = [d + 2 * e + _MU * s - _K for d, e, s in ((_D, _C, _A), (_D_OTHER, _C_OTHER, _B))]
    return dual - weight * sum(halves)


def _fall_of_the_cosine() -> Expr:
    """Return minus the slope of the cosine (1 - t^2)/(1 + t^2) in t, the tangent of half the angle.

    t grows with the angle, from 0 to 1 on (0, pi/2).
    """
    return -diff((1 - t**2) / (1 + t**2), t)


_SYMMETRISATION: Steps = (
    Identity("cos A cos B = cos^2((A+B)/2) - sin^2((A-B)/2)", symmetrisation_residue, 0),
    PositiveOn("the cosine falls on (0, pi/2)", _fall_of_the_cosine, t, _ZERO, _ONE),
    Identity(
        "G = (Gamma + Gamma')/2 + mu (theta - (A+B)/2)",
        partial(_dual_less_halves, Rational(1, 2)),
        _MU * (_THETA - (_A + _B) / 2),
    ),
)


def symmetrisation_violation(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return by how much theta falls short of the mean of A and B, on a random draw."""
    overlap = float(rng.uniform(0.01, 2.0))
    one, other = overlap * (1 + rng.exponential(size=2) * 10.0 ** rng.integers(-6, 1))
    mean = (np.arccos(overlap / one) + np.arccos(overlap / other)) / 2
    theta = np.arccos(overlap / np.sqrt(one * other))
    # The arccosine near 1 loses half of the digits.
    return float(max(factor * mean - theta, 0.0) / 1e-8)


SYMMETRISATION = Claim(
    "neighbours-symmetrise",
    "The angle of two columns is at least the mean of the angles of their symmetric copies",
    r"\theta \ge \tfrac{A + B}2, \text{ with equality iff } a = a'; \quad "
    r"G(a, b, a', b', \theta) \ge \tfrac12 [\Gamma(a, b, A) + \Gamma(a', b', B)]",
    (
        r"0 < g < \min(a, a'), \quad 0 < A, B, \theta < \tfrac\pi2",
        r"\cos A = \tfrac g a,\ \cos B = \tfrac g{a'},\ \cos\theta = \tfrac g{\sqrt{a a'}}",
        r"G = \tfrac12 D + \tfrac12 D' + C + C' + \mu\theta - K, \quad \mu \ge 0",
        r"\Gamma(a, b, A) = D(a, b) + 2 C(a \cos A, b) + \mu A - K",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _SYMMETRISATION,
            {
                "half of the last term": replaced(
                    _SYMMETRISATION,
                    "cos A cos B = cos^2((A+B)/2) - sin^2((A-B)/2)",
                    derived=partial(symmetrisation_residue, Rational(1, 2)),
                ),
                "weights 1": replaced(
                    _SYMMETRISATION,
                    "G = (Gamma + Gamma')/2 + mu (theta - (A+B)/2)",
                    derived=partial(_dual_less_halves, _ONE),
                ),
            },
        ),
        in_trials(
            symmetrisation_violation,
            {"mean times 1.001": partial(symmetrisation_violation, factor=1.001)},
            quick=200,
            full=5000,
            description="The three angles of random overlaps and norms by the arccosine.",
        ),
    ),
)

CLAIMS = (DECOMPOSITION, EXCLUSION, SYMMETRISATION)
