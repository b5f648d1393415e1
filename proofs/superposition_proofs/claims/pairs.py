"""The loss of an antipodal pair in closed form, and its minimum at small densities."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from superposition_numerics.landscape import minimise
from superposition_numerics.toy_model import population_loss
from superposition_theory.phases import (
    BIAS,
    DENSITY,
    OVERLAP,
    SQUARED_NORM,
    pair_loss,
    small_density_pair,
    sparse_onset,
)
from sympy import Expr, Max, Rational, Symbol, sqrt

from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import (
    Identity,
    Steps,
    by_algebra,
    replaced,
)
from .hypotheses import TWO_FEATURES, UNIFORM
from .trials import in_trials, loss_error

p, a, s, b = DENSITY, SQUARED_NORM, OVERLAP, BIAS

# ---------------------------------------------------------------- the loss of a pair


def stated_pair_loss(sign: int = -1) -> Expr:
    """Return the loss of one output of a pair for b > 0, with truncated powers as Max."""

    def plus(x: Any) -> Expr:
        return Max(x, 0)

    both = ((a + b) ** 4 + plus(b - s) ** 4 - b**4 + sign * plus(a + b - s) ** 4) / (12 * a * s)
    cross = (
        (a + b) ** 3 / (6 * a)
        - ((a + b) ** 4 - b**4) / (24 * a**2)
        - plus(a + b - s) ** 3 / (6 * a)
        + (plus(a + b - s) ** 4 - plus(b - s) ** 4) / (24 * a**2)
    ) / s
    own = (1 - a) ** 2 / 3 - (1 - a) * b + b**2 + (b**3 - plus(b - s) ** 3) / (3 * s)
    return (1 - p) ** 2 * b**2 + p * (1 - p) * own + p**2 * (Rational(1, 3) - 2 * cross + both)


_CELLS = {
    "b < s < a + b": {a: Rational(1), s: Rational(1, 2), b: Rational(1, 10)},
    "s < b": {a: Rational(1), s: Rational(1, 5), b: Rational(1, 3)},
    "a + b < s": {a: Rational(1, 4), s: Rational(1, 2), b: Rational(1, 10)},
}


def _on_cell(loss: Expr, at: dict[Symbol, Rational]) -> Expr:
    """Return a loss with the signs of its truncated powers settled as at a point."""
    for term in loss.atoms(Max):
        inner = next(x for x in term.args if x != 0)
        loss = loss.subs(term, inner if inner.subs(at) > 0 else 0)
    return loss


def _pair_steps(**options: int) -> Steps:
    stated = stated_pair_loss(**options)
    return tuple(
        Identity(name, partial(pair_loss, at), _on_cell(stated, at)) for name, at in _CELLS.items()
    )


def pair_loss_error(rng: np.random.Generator, *, sign: int = -1) -> float:
    """Return the difference of the float loss of a pair (u, -v) to the formula, in errors."""
    u, v = (Fraction(int(k), 128) for k in rng.integers(32, 160, size=2))
    biases = [Fraction(int(k), 128) for k in rng.integers(1, 100, size=2)]
    density = Fraction(int(rng.integers(1, 128)), 128)
    stated = stated_pair_loss(sign)
    exact = sum(
        stated.subs({a: norm**2, s: u * v, b: bias, p: density})
        for norm, bias in zip((u, v), biases, strict=True)
    )
    weights, floats = [[float(u), -float(v)]], [float(bias) for bias in biases]
    found = float(population_loss(weights, floats, float(density)))
    return abs(found - float(exact)) / loss_error(weights, floats)


PAIR_LOSS = Claim(
    "pair-loss",
    "The loss of one output of an antipodal pair in closed form",
    r"\ell = (1-p)^2 b^2 + p(1-p)\bigl[\tfrac{(1-a)^2}3 - (1-a)b + b^2 + "
    r"\tfrac{b^3 - (b-s)_+^3}{3s}\bigr] + p^2\bigl[\tfrac13 - 2X + Y\bigr], \quad "
    r"Y = \tfrac{(a+b)^4 + (b-s)_+^4 - b^4 - (a+b-s)_+^4}{12 a s}",
    (
        r"a = \|w_1\|^2 > 0,\ s = -\langle w_1, w_2 \rangle > 0,\ b = b_1 > 0",
        (
            r"X = \tfrac1s\bigl[\tfrac{(a+b)^3 - (a+b-s)_+^3}{6a} - "
            r"\tfrac{(a+b)^4 - b^4 - (a+b-s)_+^4 + (b-s)_+^4}{24 a^2}\bigr]"
        ),
        UNIFORM,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(_pair_steps(), {"a sign flipped": _pair_steps(sign=1)}, "population-loss"),
        in_trials(
            pair_loss_error,
            {"a sign flipped": partial(pair_loss_error, sign=1)},
            quick=10,
            full=200,
            description="The formula at random rationals beside the float loss.",
        ),
    ),
)

# ---------------------------------------------------------------- small densities

_SMALL: Steps = (
    Identity("a", lambda: small_density_pair().squared_norm, 1 + p / 8),
    Identity("b", lambda: small_density_pair().bias, 5 * p**2 / 48),
    Identity("loss", lambda: small_density_pair().loss, p**2 / 6 - p**3 / 192),
    Identity("onset", lambda: sparse_onset().ratio, (2 + sqrt(2)) / 8),
    Identity("weight at the onset", lambda: sparse_onset().weight, 2 - sqrt(2)),
)


def expansion_error(rng: np.random.Generator, *, rate: float = 1 / 8) -> float:
    """Return the differences of the float symmetric pair to the expansions, in next powers of p."""
    density = float(rng.uniform(1e-3, 1e-2))
    pair = minimise([[1.0, -1.0]], [0.0, 0.0], density)
    norm, bias, loss = float(pair.W[0, 0]) ** 2, float(pair.biases[0]), float(pair.loss) / 2
    return max(
        abs(norm - (1 + rate * density)) / density**2,
        abs(bias - 5 * density**2 / 48) / density**3,
        abs(loss - (density**2 / 6 - density**3 / 192)) / density**4,
    )


SMALL_DENSITY = Claim(
    "small-density-expansions",
    "The symmetric pair for small density, and where a pair takes over from dropping",
    r"w^2 = 1 + \tfrac p8 + \ldots,\ b = \tfrac5{48}p^2 + \ldots,\ "
    r"\ell = \tfrac{p^2}6 - \tfrac{p^3}{192} + \ldots; \quad "
    r"I^*/p \to \tfrac{2 + \sqrt2}8,\ w_2 \to -(2 - \sqrt 2)",
    (
        TWO_FEATURES,
        r"I = 1,\ w = (w, -w),\ b = (b, b),\ \ell = L/2 \text{ for the expansions}",
        (
            r"p \to 0;\ I^* \text{ as the least } I \text{ at which a pair } (1, w_2),\ "
            r"-1 < w_2 < 0, \text{ without biases has the leading-order loss of dropping}"
        ),
        UNIFORM,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _SMALL,
            {
                "the frozen pair's loss": replaced(_SMALL, "loss", stated=p**2 / 6),
                "a sign": replaced(_SMALL, "onset", stated=(2 - sqrt(2)) / 8),
            },
            "pair-loss",
            "dropped-feature-loss",
        ),
        in_trials(
            expansion_error,
            {"a = 1 + p/7": partial(expansion_error, rate=1 / 7)},
            quick=4,
            full=20,
            description="The float minimum at small random densities, to the next order in p.",
        ),
    ),
)

CLAIMS = (PAIR_LOSS, SMALL_DENSITY)
