r"""From three variables to two: Gamma(a, b, theta) as a quadratic in a.

Gamma(a, b, theta) = D(a, b) + 2 C(a c, b) + mu theta - K with c = cos theta. Along b = beta a >= 0
and along b = -t a, 0 < t < 1, it is kappa - 2 P a + Q a^2 with kappa = 1/3 - K + mu theta and P, Q
functions of the ratio and of c, Q > 0, so that it is positive for all a where kappa Q > P^2.
"""

from dataclasses import dataclass
from functools import cache

from sympy import QQ, Expr, Poly, Rational, Symbol, cancel, diff, fraction, together

from superposition_theory.errors import InputError
from superposition_theory.phases import COSINE, THRESHOLD, polygon_optimum

from .pieces import BIAS, NORM, OVERLAP, Region, overlap_piece, own_piece

LEVEL = Symbol("kappa", positive=True)
RATIO = Symbol("beta", nonnegative=True)


@dataclass(frozen=True)
class Quadratic:
    """kappa - 2 P a + Q a^2.

    Parameters
    ----------
    linear, square : Expr
        P and Q.

    Examples
    --------
    >>> from superposition_theory.pentagon import Quadratic
    >>> Quadratic(Rational(1), Rational(2)).discriminant
    2*kappa - 1
    """

    linear: Expr
    square: Expr

    @property
    def discriminant(self) -> Expr:
        """Kappa Q - P^2: where it and Q are positive there is no real root."""
        return LEVEL * self.square - self.linear**2


@cache
def along_ray(own: Region, other: Region) -> Quadratic:
    """Return Gamma along a ray of (a, b).

    Parameters
    ----------
    own : Region
        Of the output's own feature: on, for b = beta a, or rising, for b = -t a.
    other : Region
        Of a neighbour's: on, or rising (t < c) or off (t >= c).

    Returns
    -------
    Quadratic
        In beta or t, and in c.

    Raises
    ------
    InputError
        For regions that do not go together.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region, along_ray
    >>> along_ray(Region.on, Region.on).linear
    beta/2 + 1/3
    """
    if (own, other) not in _RAYS:
        raise InputError(f"own and other are {own.value} and {other.value}; accepted: {_NAMES}")
    ray = {BIAS: RATIO * NORM if own is Region.on else -THRESHOLD * NORM}
    neighbour = overlap_piece(other).subs(OVERLAP, NORM * COSINE)
    total = cancel(together((own_piece(own) + 2 * neighbour).subs(ray)))
    square, linear, constant = Poly(total, NORM).all_coeffs()
    if constant != Rational(1, 3):
        raise ArithmeticError("the loss of an output that is off is not 1/3")
    return Quadratic(-linear / 2, square)


_RAYS = (
    (Region.on, Region.on),
    (Region.rising, Region.rising),
    (Region.rising, Region.off),
)
_NAMES = ", ".join(f"{own.value} and {other.value}" for own, other in _RAYS)


def excess(other: Region = Region.rising) -> Expr:
    """Return H = 3 (kappa Q - P^2)/(1 - t)^3, whose sign is that of the least Gamma over a.

    Parameters
    ----------
    other : Region
        rising for t < c, off for t >= c.

    Returns
    -------
    Expr
        In kappa, t and c.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region, excess
    >>> excess(Region.off).expand()
    kappa + t**3/12 + t**2/4 - 1/3
    """
    return cancel(3 * along_ray(Region.rising, other).discriminant / (1 - THRESHOLD) ** 3)


def stationarity() -> Expr:
    """Return 2 (c - t)^2 (t^2 + (1 - 2 c) t + 2 (1 - c)) - c t (1 - t)^3, which is 0 at t*.

    Returns
    -------
    Expr
        In t and c; a multiple of the derivative of P^2/Q in t.

    Examples
    --------
    >>> from superposition_theory.pentagon import stationarity, vanishes_at_the_pentagon
    >>> vanishes_at_the_pentagon(stationarity())
    True
    """
    t, c = THRESHOLD, COSINE
    return 2 * (c - t) ** 2 * (t**2 + (1 - 2 * c) * t + 2 * (1 - c)) - c * t * (1 - t) ** 3


def tangent_slope() -> Expr:
    """Return mu/sin(2 pi/5) = 2 a* dC/dg(a* c, b*), with a* = P/Q and b* = -t a*.

    Returns
    -------
    Expr
        In t and c.

    Examples
    --------
    >>> from superposition_theory.pentagon import tangent_slope
    >>> tangent_slope().free_symbols == {THRESHOLD, COSINE}
    True
    """
    ray = along_ray(Region.rising, Region.rising)
    norm = ray.linear / ray.square
    slope = diff(overlap_piece(Region.rising), OVERLAP)
    at_pentagon = slope.subs({OVERLAP: norm * COSINE, BIAS: -THRESHOLD * norm})
    return cancel(together(2 * norm * at_pentagon))


def vanishes_at_the_pentagon(function: Expr) -> bool:
    """Decide whether a rational function of t and c is 0 at t* and c = cos(2 pi/5).

    Parameters
    ----------
    function : Expr

    Returns
    -------
    bool

    Raises
    ------
    InputError
        If the denominator vanishes.

    Examples
    --------
    >>> from superposition_theory.pentagon import vanishes_at_the_pentagon
    >>> vanishes_at_the_pentagon(4 * COSINE**2 + 2 * COSINE - 1)
    True
    >>> vanishes_at_the_pentagon(THRESHOLD - Rational(20606, 100000))
    False
    """
    above, below = (_at_the_pentagon(part) for part in fraction(together(function)))
    if below.is_zero:
        raise InputError(f"function {function} divides by zero at the pentagon")
    return bool(above.is_zero)


def _at_the_pentagon(polynomial: Expr) -> Poly:
    """Return a polynomial in t and c as one in t, modulo the minimal polynomial of t*."""
    pentagon = polygon_optimum(5)
    modulus = Poly(pentagon.threshold.minimal.all_coeffs(), THRESHOLD, domain=QQ)
    cosine, total = (Poly(x, THRESHOLD, domain=QQ) for x in (pentagon.cosine, 0))
    for coefficient in Poly(polynomial, COSINE).all_coeffs():
        total = (total * cosine + Poly(coefficient, THRESHOLD, domain=QQ)).rem(modulus)
    return total
