r"""The inequalities behind the hexagon theorem: six features in the sparse limit, biases b <= 0.

With D, C, Gamma and H as for the pentagon, and the mu, K and F* of the regular hexagon, two
neighbours with squared norms a, a', biases b, b' and the angle theta cost

    G = D(a, b)/2 + D(a', b')/2 + C(g, b) + C(g, b') + mu theta - K,   g = sqrt(a a') cos theta,

and D(a, b) + D(a', b') + C(g, b) + C(g, b') <= 6 F* in a configuration that is no worse than the
hexagon. 6 F* is more than 1/6, so that g >= min(a, a') is not excluded at once, and Gamma is
negative at small angles. Two cases:

- g < (39/40) min(a, a'): the symmetric copies of both columns are at angles above 7/32, and there
  Gamma >= 0, with equality at (a*, b*, pi/3) only: H > 0 in two variables elsewhere. For b > 0
  the three brackets of the pentagon are positive too, though the theorem does not need it.
- g >= (39/40) a, say: G > 0 in five variables, the roots r and r' of the squared norms, the
  thresholds t = -b/a and t' = -b'/a', and theta.

In the second case D <= 6 F* < 1/3 bounds the variables. D = 1/3 - (1 - t) v (2 + t - v)/3 for
t < 1, with v = a + b = a (1 - t), so that 0 < v < 2 + t < 3; the least D over v is
1/3 - (1 - t)(2 + t)^2/12, which is too much for t >= 61/64; a = v/(1 - t) < 64; and
2 a >= 2 v >= v (1 - t)(2 + t - v) >= 3 (1/3 - 6 F*) > 1/8. For t >= 1 or a = 0, D = 1/3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from superposition_numerics.certify import (
    Box,
    Centred,
    Enclosure,
    Fixed,
    Formula,
    Infeasible,
    InfeasibleCentred,
    Natural,
    Positive,
    pi_enclosure,
)

from .pentagon import (
    THIRD,
    PolygonConstants,
    polygon_constants,
    tangency,
    two_variable_questions,
)
from .theorems import Condition, Theorem

_RING = Fixed(256)
RATIO = Fraction(39, 40)
APART = Fraction(7, 32)  # less than arccos(39/40)
STEEP = Fraction(21, 16)  # beyond K/mu, where G > 0 as all its other terms are >= 0
FLAT = Fraction(27, 32)  # t from here on: H > 0 by a condition on constants
NEIGHBOURHOOD = (
    (Fraction(11, 32), Fraction(47, 128)),
    (Fraction(33, 32), Fraction(17, 16)),
)
PAIR_VARIABLES = ("r", "t", "r'", "t'", "theta")
_ROOTS, _THRESHOLDS = (Fraction(1, 4), Fraction(8)), (Fraction(0), Fraction(61, 64))
PAIR_DOMAIN: Box = (_ROOTS, _THRESHOLDS, _ROOTS, _THRESHOLDS, (Fraction(0), STEEP))


def _own(r: Any, t: Any) -> Any:
    """Return D(a, -t a), a = r^2, 0 <= t < 1."""
    v = r**2 * (1 - t)
    return THIRD - (1 - t) * (2 + t) ** 2 / 12 + (1 - t) * (v - 1 - t / 2) ** 2 / 3


def _overlaps(x: Sequence[Any]) -> Any:
    """Return C(g, b) + C(g, b')."""
    r, t, other_r, other_t, theta = x
    c = theta.cos()
    one = (1 - r * t / (other_r * c)).positive_part(3)
    other = (1 - other_r * other_t / (r * c)).positive_part(3)
    return (r * other_r * c) ** 2 * (one + other) / 3


@dataclass(frozen=True)
class PairCost:
    """D + D' + C + C' - 6 F*, at (r, t, r', t', theta).

    Attributes
    ----------
    budget : Enclosure
        6 F*.
    """

    budget: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        return _own(x[0], x[1]) + _own(x[2], x[3]) + _overlaps(x) - self.budget


@dataclass(frozen=True)
class PairDual:
    """G at (r, t, r', t', theta).

    Attributes
    ----------
    slope, level : Enclosure
        mu and K.
    """

    slope: Enclosure
    level: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        half = (_own(x[0], x[1]) + _own(x[2], x[3])) / 2
        return half + _overlaps(x) + x[4] * self.slope - self.level


@dataclass(frozen=True)
class Apart:
    """(39/40) r - r' cos theta, which is at most 0 where g >= (39/40) a."""

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (r, t, r', t', theta)."""
        return x[0] * RATIO - x[2] * x[4].cos()


def hexagon_theorem(constants: PolygonConstants | None = None) -> Theorem:
    """Return the two-variable inequality as conditions and questions.

    Parameters
    ----------
    constants : PolygonConstants, optional
        The hexagon's by default; others make near misses.

    Returns
    -------
    Theorem

    Examples
    --------
    >>> from superposition_numerics.certify import FLOATS
    >>> from superposition_proofs.certificates import decide_theorem
    >>> from superposition_proofs.certificates.hexagon import hexagon_theorem
    >>> decide_theorem(hexagon_theorem(), FLOATS).answer
    'proved'
    """
    k = polygon_constants(6) if constants is None else constants
    pi, mu, level = (_RING.number(x) for x in (pi_enclosure(), k.slope, k.level))
    threshold = _RING.number(k.threshold)
    flat = (1 - FLAT) * (2 + FLAT) ** 2 / 12
    conditions = {
        "K < 1/3": THIRD - level,
        "K < 1/4 + 7/32 mu": Fraction(1, 4) + mu * APART - level,
        "K < mu pi/2": mu * pi / 2 - level,
        "K < 21/16 mu": mu * STEEP - level,
        "(1 - t)(2 + t)^2/12 < 1/3 - K + 7/32 mu at t = 27/32": THIRD - level + mu * APART - flat,
        "21/16 < pi/2": pi / 2 - STEEP,
        "39/40 < cos(7/32)": _RING.number(APART).cos() - RATIO,
        "11/32 < t*": threshold - NEIGHBOURHOOD[0][0],
        "t* < 47/128": NEIGHBOURHOOD[0][1] - threshold,
        "33/32 < pi/3": pi / 3 - NEIGHBOURHOOD[1][0],
        "pi/3 < 17/16": NEIGHBOURHOOD[1][1] - pi / 3,
    }
    return Theorem(
        "hexagon",
        "With the constants of the hexagon, Gamma(a, b, theta) >= 0 for a >= 0, b real, "
        "7/32 <= theta <= pi/2, with equality at (a*, b*, pi/3) only.",
        k.named,
        tuple(Condition(text, value.enclosure()) for text, value in conditions.items()),
        two_variable_questions(k, (APART, STEEP), FLAT, NEIGHBOURHOOD),
        tangency(k, 6),
    )


def hexagon_pairs_theorem(
    constants: PolygonConstants | None = None, *, constrained: bool = True
) -> Theorem:
    """Return the five-variable inequality for columns with a large overlap.

    Parameters
    ----------
    constants : PolygonConstants, optional
        The hexagon's by default; others make near misses.
    constrained : bool
        Without D + D' + C + C' <= 6 F* the inequality is false.

    Returns
    -------
    Theorem

    Examples
    --------
    >>> from superposition_proofs.certificates.hexagon import hexagon_pairs_theorem
    >>> all(condition.holds for condition in hexagon_pairs_theorem().conditions)
    True
    """
    k = polygon_constants(6) if constants is None else constants
    pi, mu, level, loss = (_RING.number(x) for x in (pi_enclosure(), k.slope, k.level, k.loss))
    budget, highest = 6 * loss, _THRESHOLDS[1]
    conditions = {
        "6 F* < 1/3 - (1 - t)(2 + t)^2/12 at t = 61/64": THIRD
        - (1 - highest) * (2 + highest) ** 2 / 12
        - budget,
        "1/8 < 3 (1/3 - 6 F*)": Fraction(7, 8) - 3 * budget,
        "K < 21/16 mu": mu * STEEP - level,
        "21/16 < pi/2": pi / 2 - STEEP,
    }
    apart = Formula(Apart())
    cost = Formula(PairCost(budget.enclosure()))
    return Theorem(
        "hexagon-close-pairs",
        "With the constants of the hexagon, G > 0 for a, a' > 0, b, b' <= 0, 0 <= theta <= pi/2 "
        "where D + D' + C + C' <= 6 F* and g >= (39/40) a.",
        k.named,
        tuple(Condition(text, value.enclosure()) for text, value in conditions.items()),
        (
            Positive(
                "close pairs",
                PAIR_VARIABLES,
                PAIR_DOMAIN,
                Formula(PairDual(k.slope, k.level)),
                (apart, cost) if constrained else (apart,),
                rules=(Infeasible(), Natural(), InfeasibleCentred(), Centred()),
            ),
        ),
    )
