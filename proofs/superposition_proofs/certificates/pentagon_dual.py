r"""The inequality in five variables behind the pentagon theorem: a second, different proof.

A feature's output on its own axis is the line y from b at x = 0 to v at x = 1, cut off at 0. With
a = v - b, g = sqrt(a a') cos theta,

    D(b, v) = int_0^1 (x - y_+)^2 dx,    C(g, b) = int_0^1 (g x + b)_+^2 dx,
    G = D(b, v)/2 + D(b', v')/2 + C(g, b) + C(g, b') + mu theta - K

the loss of a configuration of five columns, less five times F*, is at least the sum of G over
neighbours. G vanishes with its gradient at z* = (b*, v*, b*, v*, 2 pi/5) by the choice of mu and K;
elsewhere it must be positive where D + D' + C + C' <= 5 F*, which any two neighbours of a
configuration no worse than the pentagon meet.

What is asked is reduced by hand as follows, with 5 F* < 2/25 throughout.

- theta >= 45/32: mu theta > K, and the other terms are not negative.
- v <= 0: D = 1/3. v - b < 1/40: the variance of x - y_+ is at least (1 - a)^2/12 > 5 F*.
- b >= 0: the norm of y is at least b and at least v/sqrt 3, and below 1/sqrt 3 + sqrt(5 F*) < 7/8.
- b < 0 < v: with t = -b/a, t^3/3 <= D gives t < 5/8, and v^2 (1 - t)/3 < (7/8)^2 gives v < 5/2, so
  that b = -t v/(1 - t) > -9/2.
- G and the constraint stay the same when (b, v) and (b', v') change places: b <= b'.

The moments int y_+, int x y_+ and int y_+^2, and the point where y turns positive, are monotone in
b and v: two corners give their exact ranges. In b and v they are better conditioned than in a, b.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from superposition_numerics.certify import (
    Centred,
    Convex,
    Definite,
    Enclosure,
    Fixed,
    Formula,
    Infeasible,
    InfeasibleCentred,
    Inside,
    Natural,
    Positive,
    pi_enclosure,
    quotient,
)

from .pentagon import STEEP, THIRD, PolygonConstants, polygon_constants, tangency
from .theorems import Condition, Theorem

_RING = Fixed(256)
BUDGET = Fraction(2, 25)  # more than 5 F*
LEAST_NORM = Fraction(1, 40)
VARIABLES = ("b", "v", "b'", "v'", "theta")
_BIAS, _OUTPUT = (Fraction(-9, 2), Fraction(1)), (Fraction(0), Fraction(5, 2))
DOMAIN = (_BIAS, _OUTPUT, _BIAS, _OUTPUT, (Fraction(0), STEEP))
_GRID = 1024  # the kernel's bounds are integers over it
_HALF_WIDTH = 4  # in units of the grid


def _turn(b: Any, v: Any) -> Any:
    """Return where the line from b to v >= 0 turns positive, in [0, 1]."""
    below = (-b).positive_part()
    return below / (v + below)


def _moments_at(b: Any, v: Any) -> tuple[Any, Any, Any]:
    above, t = b.positive_part(), _turn(b, v)
    rest = 1 - t
    return (
        above / 3 + v * rest**2 / 6,
        above / 6 + v * rest * (2 + t) / 6,
        (above**2 + above * v + v**2 * rest) / 3,
    )


def _weights_at(b: Any, v: Any) -> tuple[Any, Any]:
    t = _turn(b, v)
    return Fraction(1, 6) - t**2 / 2 + t**3 / 3, (1 - t**3) / 3


def _between_corners(increasing: Callable[[Any, Any], tuple[Any, ...]], b: Any, v: Any) -> Any:
    low = increasing(b.lower_end(), v.lower_end())
    high = increasing(b.upper_end(), v.upper_end())
    return tuple(least.hull(most) for least, most in zip(low, high, strict=True))


def moments(b: Any, v: Any) -> tuple[Any, Any, Any]:
    """Return the ranges of int (1 - x) y_+, int x y_+ and int y_+^2, for v >= 0.

    Examples
    --------
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.pentagon_dual import moments
    >>> [float(part.enclosure().middle) for part in moments(*Fixed(64).point([0, 6]))]
    [1.0, 2.0, 12.0]
    """
    first, last, square = _between_corners(_moments_at, b, v)
    return first, last, square


def weights(b: Any, v: Any) -> tuple[Any, Any]:
    """Return the ranges of int x (1 - x) and int x^2 over the x with y > 0, for v >= 0.

    Examples
    --------
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.pentagon_dual import weights
    >>> [round(part.bounds()[0], 6) for part in weights(*Fixed(64).point([-1, 1]))]
    [0.083333, 0.291667]
    """
    mixed, square = _between_corners(_weights_at, b, v)
    return mixed, square


@dataclass(frozen=True)
class Pair:
    """Ranges of what two neighbours contribute, and of its derivatives.

    Attributes
    ----------
    own : values
        D and D'.
    own_slopes : values
        The derivatives of D by b and v, and of D' by b' and v'.
    overlap : values
        C and C'.
    bias_slopes : values
        The derivatives of C and C' by their biases.
    slope : value
        That of C + C' by g.
    by_norms : values
        The derivatives of g by a and by a'.
    by_angle : value
        That of g by theta.
    """

    own: tuple[Any, Any]
    own_slopes: tuple[tuple[Any, Any], tuple[Any, Any]]
    overlap: tuple[Any, Any]
    bias_slopes: tuple[Any, Any]
    slope: Any
    by_norms: tuple[Any, Any]
    by_angle: Any

    def gradient(self, weight: Fraction | int) -> list[Any]:
        """Return the slopes of weight (D + D') + C + C'."""
        slopes = []
        for own, bias, by_norm in zip(
            self.own_slopes, self.bias_slopes, self.by_norms, strict=True
        ):
            by_g = self.slope * by_norm
            slopes += [own[0] * weight + bias - by_g, own[1] * weight + by_g]
        return [*slopes, self.slope * self.by_angle]


def _own(b: Any, v: Any) -> tuple[Any, tuple[Any, Any]]:
    """Return D and its slopes."""
    first, last, square = moments(b, v)
    mixed, far = weights(b, v)
    return THIRD - 2 * last + square, (2 * (first - mixed), 2 * (last - far))


def _root_of_norm(a: Any, least: Fraction) -> tuple[Any, Any]:
    """Return the root of the larger of a and the least norm, and the slope of the larger by a.

    So the functions are defined on boxes that reach beyond a >= least; points there do not count.
    """
    above = a - least
    return (above.positive_part() + least).sqrt(), above.positive_part(0)


def pair(x: Sequence[Any], least: Fraction) -> Pair:
    """Return the ranges on a box of (b, v, b', v', theta), a, a' >= least, 0 <= theta < pi/2."""
    b, v, other_b, other_v, theta = x
    (root, step), (other_root, other_step) = (
        _root_of_norm(v - b, least),
        _root_of_norm(other_v - other_b, least),
    )
    cosine = theta.cos()
    g = root * other_root * cosine
    own, own_slopes = zip(_own(b, v), _own(other_b, other_v), strict=True)
    first, last, square = moments(b, (g + b).positive_part())
    other_first, other_last, other_square = moments(other_b, (g + other_b).positive_part())
    return Pair(
        own,
        own_slopes,
        (square, other_square),
        (2 * (first + last), 2 * (other_first + other_last)),
        2 * (last + other_last),
        (other_root / root * cosine * step / 2, root / other_root * cosine * other_step / 2),
        -(root * other_root * theta.sin()),
    )


@dataclass(frozen=True)
class Dual:
    """G(b, v, b', v', theta).

    Attributes
    ----------
    slope, level : Enclosure
        mu and K.
    least : Fraction
        Of a and a'.
    """

    slope: Enclosure
    level: Enclosure
    least: Fraction

    def value(self, x: Sequence[Any]) -> Any:
        """Return an enclosure of G on a box."""
        p = pair(x, self.least)
        half = (p.own[0] + p.own[1]) / 2
        return half + p.overlap[0] + p.overlap[1] + x[4] * self.slope - self.level

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        *slopes, by_angle = pair(x, self.least).gradient(Fraction(1, 2))
        return [*slopes, by_angle + self.slope]


@dataclass(frozen=True)
class Excess:
    """D + D' + C + C' - 5 F*.

    Attributes
    ----------
    budget : Enclosure
        5 F*.
    least : Fraction
        Of a and a'.
    """

    budget: Enclosure
    least: Fraction

    def value(self, x: Sequence[Any]) -> Any:
        """Return an enclosure on a box."""
        p = pair(x, self.least)
        return p.own[0] + p.own[1] + p.overlap[0] + p.overlap[1] - self.budget

    def gradient(self, x: Sequence[Any]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        return pair(x, self.least).gradient(1)


@dataclass(frozen=True)
class NormDeficit:
    """The least norm less a, or less a'.

    Attributes
    ----------
    bias : int
        Number of the variable b or b'.
    least : Fraction
    """

    bias: int
    least: Fraction

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        return self.least - x[self.bias + 1] + x[self.bias]


@dataclass(frozen=True)
class SmoothDual:
    """G where b < 0 < v, b' < 0 < v' and g + b, g + b' > 0.

    Attributes
    ----------
    slope, level : Enclosure
        mu and K.
    """

    slope: Enclosure
    level: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate."""
        b, v, other_b, other_v, theta = x
        a, other_a = v - b, other_v - other_b
        g = (a * other_a).sqrt() * theta.cos()
        total = theta * self.slope - self.level
        for bias, output, norm in ((b, v, a), (other_b, other_v, other_a)):
            own = THIRD - output**2 * (2 * norm - bias) / (3 * norm**2) + output**3 / (3 * norm)
            total = total + own / 2 + (g + bias) ** 3 / (3 * g)
        return total


def _middle(constants: PolygonConstants) -> list[Fraction]:
    """Return z*, rounded to the grid."""
    b, a = constants.bias.middle, constants.squared_norm.middle
    theta = 2 * pi_enclosure().middle / 5
    return [Fraction(round(x * _GRID), _GRID) for x in (b, a + b, b, a + b, theta)]


@cache
def _basis(function: Formula, middle: tuple[Fraction, ...]) -> tuple[tuple[Fraction, ...], ...]:
    """Return a rational basis in which the Hessian at a point is nearly the identity."""
    rows = function.hessian(_RING.point(middle))
    size = len(rows)
    hessian = np.array(
        [
            [float(rows[max(i, j)][min(i, j)].enclosure().middle) for j in range(size)]
            for i in range(size)
        ]
    )
    basis = np.linalg.inv(np.linalg.cholesky(hessian)).T
    return tuple(tuple(Fraction(round(x * 4096), 4096) for x in row) for row in basis.tolist())


def pentagon_dual_theorem(
    constants: PolygonConstants | None = None, *, constrained: bool = True
) -> Theorem:
    """Return the five-variable inequality as conditions and questions.

    Parameters
    ----------
    constants : PolygonConstants, optional
        The pentagon's by default; others make near misses.
    constrained : bool
        Without D + D' + C + C' <= 5 F*, and so for norms down to 2^-20, the question "outside" is
        to be refuted.

    Returns
    -------
    Theorem

    Examples
    --------
    >>> from superposition_proofs.certificates.pentagon_dual import pentagon_dual_theorem
    >>> [question.name for question in pentagon_dual_theorem().questions]
    ['outside', 'kernel']
    """
    k = polygon_constants(5) if constants is None else constants
    pi, mu, level, loss = (_RING.number(x) for x in (pi_enclosure(), k.slope, k.level, k.loss))
    smooth = Formula(SmoothDual(k.slope, k.level))
    middle = _middle(k)
    width = Fraction(_HALF_WIDTH, _GRID)
    kernel = tuple((x - width, x + width) for x in middle)
    optimum = [_RING.number(k.bias), _RING.number(k.squared_norm) + _RING.number(k.bias)]
    optimum = [*optimum, *optimum, 2 * pi / 5]
    norm = Enclosure(kernel[1][0] - kernel[0][1], kernel[1][1] - kernel[0][0])
    overlap = _RING.number(norm) * _RING.number(Enclosure(*kernel[4])).cos() + kernel[0][0]
    conditions = {
        "5 F* < 2/25": BUDGET - 5 * loss,
        "5 F* < (39/40)^2/12": (1 - LEAST_NORM) ** 2 / 12 - 5 * loss,
        "1/sqrt 3 + sqrt(2/25) < 7/8": Fraction(7, 8)
        - _RING.number(THIRD).sqrt()
        - _RING.number(BUDGET).sqrt(),
        "2/25 < (5/8)^3/3": _RING.number(Fraction(5, 8) ** 3 / 3 - BUDGET),
        "3 (7/8)^2/(1 - 5/8) < (5/2)^2": _RING.number(_OUTPUT[1] ** 2 - 8 * Fraction(7, 8) ** 2),
        "(5/3) sqrt(8) (7/8) < 9/2": -_BIAS[0] - Fraction(35, 24) * _RING.number(8).sqrt(),
        "K < 45/32 mu": mu * STEEP - level,
        "45/32 < pi/2": pi / 2 - STEEP,
        "b < 0 in the kernel": _RING.number(-kernel[0][1]),
        "v > 0 in the kernel": _RING.number(kernel[1][0]),
        "g + b > 0 in the kernel": overlap,
    }
    for name, x, (low, high) in zip(VARIABLES, optimum, kernel, strict=True):
        conditions[f"{name} of z* above the kernel's lower bound"] = x - low
        conditions[f"{name} of z* below the kernel's upper bound"] = high - x
    least = LEAST_NORM if constrained else Fraction(1, 2**20)
    outside = Positive(
        "outside",
        VARIABLES,
        DOMAIN,
        Dual(k.slope, k.level, least),
        (
            Formula(NormDeficit(0, least)),
            Formula(NormDeficit(2, least)),
            *((Excess((5 * loss).enclosure(), least),) if constrained else ()),
        ),
        left_out=kernel,
        rules=(Inside(), Infeasible(), Natural(), InfeasibleCentred(), Centred()),
    )
    return Theorem(
        "pentagon-five-variables",
        "G(b, v, b', v', theta) >= 0, with equality at z* only, where v - b and v' - b' are at "
        "least 1/40, -9/2 <= b <= b' <= 1, 0 <= v, v' <= 5/2, 0 <= theta <= 45/32 and "
        "D + D' + C + C' <= 5 F*.",
        {"a": k.squared_norm, "b": k.bias, "F": k.loss, "mu": k.slope, "K": k.level},
        tuple(Condition(text, value.enclosure()) for text, value in conditions.items()),
        (
            quotient(outside, ((0, 1), (2, 3))),
            Convex(
                "kernel",
                VARIABLES,
                kernel,
                smooth,
                rules=(Definite(_basis(smooth, tuple(middle))),),
            ),
        ),
        tangency(k, 5),
    )
