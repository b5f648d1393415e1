r"""The inequality in two variables behind the pentagon theorem.

With D(a, b) = int_0^1 (x - (a x + b)_+)^2 dx and C(g, b) = int_0^1 (g x + b)_+^2 dx the theorem
comes down to

    Gamma(a, b, theta) = D(a, b) + 2 C(a cos theta, b) + mu theta - K >= 0

for a >= 0, all b and 0 <= theta <= pi/2, with equality at (a*, b*, 2 pi/5) only. In a it is a
quadratic. For b = beta a >= 0 its discriminant is a quadratic in beta with three coefficients that
must be positive; for b = -t a, 0 < t < 1, the least value over a has the sign of

    H(t, theta) = kappa [1 + 2 (c - t)_+^3 / (c (1 - t)^3)] - (1 - t)(2 + t)^2 / 12,

where c = cos theta and kappa = 1/3 - K + mu theta. H and its gradient vanish at (t*, 2 pi/5) by the
choice of mu and K; elsewhere it must be positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from superposition_numerics.certify import (
    Box,
    Convex,
    Enclosure,
    Fixed,
    Formula,
    Positive,
    Question,
    pi_enclosure,
)
from superposition_theory.phases import polygon_optimum
from superposition_theory.phases.polygons import THRESHOLD
from sympy import Expr

from .theorems import Condition, Identity, Theorem

_RING = Fixed(256)
_DIGITS = 60
THIRD = Fraction(1, 3)
STEEP = Fraction(45, 32)  # beyond K/mu, where Gamma > 0 as all its other terms are >= 0
NEIGHBOURHOOD = (
    (Fraction(3, 16), Fraction(15, 64)),
    (Fraction(79, 64), Fraction(41, 32)),
)
_FLAT = Fraction(23, 32)  # t from here on: H > 0 by a condition on constants


@dataclass(frozen=True)
class PolygonConstants:
    """The constants of the regular k-gon, enclosed.

    Attributes
    ----------
    cosine, threshold, squared_norm, bias, loss : Enclosure
        c = cos(2 pi/k), t*, a*, b* and F*, the loss per feature.
    slope, level : Enclosure
        mu = 2 a* sin(2 pi/k) dC/dg(a* c, b*), and K = F* + 2 pi mu/k.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> polygon_constants(5).cosine.digits(6)
    '0.309016'
    """

    cosine: Enclosure
    threshold: Enclosure
    squared_norm: Enclosure
    bias: Enclosure
    loss: Enclosure
    slope: Enclosure
    level: Enclosure

    @property
    def named(self) -> dict[str, Enclosure]:
        """The constants by the names that certificates give them."""
        return {
            "c": self.cosine,
            "t": self.threshold,
            "a": self.squared_norm,
            "b": self.bias,
            "F": self.loss,
            "mu": self.slope,
            "K": self.level,
        }


@cache
def polygon_constants(corners: int) -> PolygonConstants:
    """Return the constants of the best regular k-gon, each to 50 digits or more.

    Parameters
    ----------
    corners : int
        From 5 to 8: next neighbours interact, others do not.

    Returns
    -------
    PolygonConstants

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> polygon_constants(5).loss.digits(30)
    '0.015825627074494197669821482295'
    """
    polygon = polygon_optimum(corners)

    def enclosed(quantity: Expr) -> Enclosure:
        low, high = polygon.bounds(quantity, digits=_DIGITS)
        return Enclosure(Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q)))

    cosine, threshold = enclosed(polygon.cosine), enclosed(THRESHOLD)
    squared_norm, loss = enclosed(polygon.squared_norm), enclosed(polygon.loss)
    c, t, a = (_RING.number(x) for x in (cosine, threshold, squared_norm))
    s = t / c
    slope_of_c = 2 * (a * c) * (THIRD - s / 2 + s**3 / 6)
    mu = 2 * a * (1 - c**2).sqrt() * slope_of_c
    level = _RING.number(loss) + 2 * _RING.number(pi_enclosure()) * mu / corners
    return PolygonConstants(
        cosine,
        threshold,
        squared_norm,
        enclosed(polygon.bias),
        loss,
        mu.enclosure(),
        level.enclosure(),
    )


@dataclass(frozen=True)
class Bracket:
    """A coefficient of kappa Q - P^2 as a quadratic in beta, where b = beta a >= 0.

    Attributes
    ----------
    power : int
        Of beta: 0, 1 or 2.
    slope, level : Enclosure
        mu and K.
    """

    power: int
    slope: Enclosure
    level: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (theta,)."""
        kappa = x[0] * self.slope - self.level + THIRD
        c = x[0].cos()
        if self.power == 0:
            return kappa * (1 + 2 * c**2) / 3 - Fraction(1, 9)
        if self.power == 1:
            return kappa * (1 + 2 * c) - THIRD
        return 3 * kappa - Fraction(1, 4)


@dataclass(frozen=True)
class Excess:
    """H(t, theta).

    Attributes
    ----------
    slope, level : Enclosure
        mu and K.
    """

    slope: Enclosure
    level: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (t, theta)."""
        t, theta = x
        c = theta.cos()
        kappa = theta * self.slope - self.level + THIRD
        overlap = (c - t).positive_part(3) / (c * (1 - t) ** 3)
        return kappa * (1 + 2 * overlap) - (1 - t) * (2 + t) ** 2 / 12


def tangency(constants: PolygonConstants, corners: int) -> tuple[Identity, ...]:
    """Return what makes mu theta - K a tangent: H, its gradient and K at the regular polygon.

    Parameters
    ----------
    constants : PolygonConstants
    corners : int

    Returns
    -------
    tuple of Identity

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants, tangency
    >>> all(identity.holds for identity in tangency(polygon_constants(5), 5))
    True
    """
    excess = Formula(Excess(constants.slope, constants.level))
    angle = 2 * _RING.number(pi_enclosure()) / corners
    place = [_RING.number(constants.threshold), angle]
    by_threshold, by_angle = excess.gradient(place)
    loss, slope, level = (
        _RING.number(x) for x in (constants.loss, constants.slope, constants.level)
    )
    parts = {
        "H = 0": excess.value(place),
        "dH/dt = 0": by_threshold,
        "dH/dtheta = 0": by_angle,
        f"K = F* + 2 pi mu/{corners}": loss + angle * slope - level,
    }
    return tuple(Identity(text, part.enclosure()) for text, part in parts.items())


def two_variable_questions(
    constants: PolygonConstants, angles: tuple[Fraction, Fraction], flat: Fraction, near: Box
) -> tuple[Question, ...]:
    """Return the questions about the three coefficients, and about H off and near the polygon.

    Parameters
    ----------
    constants : PolygonConstants
    angles : tuple of (lower, upper)
        Where Gamma is asked for.
    flat : Fraction
        The largest t.
    near : tuple of (lower, upper)
        The rectangle around (t*, 2 pi/k) on which H is convex.

    Returns
    -------
    tuple of Question

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.certificates.pentagon import NEIGHBOURHOOD
    >>> from superposition_proofs.certificates.pentagon import two_variable_questions
    >>> half = Fraction(1, 2)
    >>> questions = two_variable_questions(polygon_constants(5), (0, half), half, NEIGHBOURHOOD)
    >>> questions[-1].name
    'neighbourhood'
    """
    excess = Formula(Excess(constants.slope, constants.level))
    return (
        *(
            Positive(
                f"coefficient of beta^{power}",
                ("theta",),
                (angles,),
                Formula(Bracket(power, constants.slope, constants.level)),
            )
            for power in range(3)
        ),
        Positive("outside", ("t", "theta"), ((Fraction(0), flat), angles), excess, left_out=near),
        Convex("neighbourhood", ("t", "theta"), near, excess),
    )


def pentagon_theorem(constants: PolygonConstants | None = None) -> Theorem:
    """Return the two-variable inequality as conditions and questions.

    Parameters
    ----------
    constants : PolygonConstants, optional
        The pentagon's by default; others make near misses.

    Returns
    -------
    Theorem

    Examples
    --------
    >>> from superposition_numerics.certify import FLOATS
    >>> from superposition_proofs.certificates import decide_theorem, pentagon_theorem
    >>> decide_theorem(pentagon_theorem(), FLOATS).answer
    'proved'
    """
    k = polygon_constants(5) if constants is None else constants
    pi, mu, level, loss = (_RING.number(x) for x in (pi_enclosure(), k.slope, k.level, k.loss))
    flat = (1 - _FLAT) * (2 + _FLAT) ** 2 / 12
    conditions = {
        "5 F* < 1/12": Fraction(1, 12) - 5 * loss,
        "K < 1/4": Fraction(1, 4) - level,
        "K < mu pi/2": mu * pi / 2 - level,
        "K < 45/32 mu": mu * STEEP - level,
        "(1 - t)(2 + t)^2/12 < 1/3 - K at t = 23/32": THIRD - level - flat,
        "45/32 < pi/2": pi / 2 - STEEP,
        "3/16 < t*": _RING.number(k.threshold) - NEIGHBOURHOOD[0][0],
        "t* < 15/64": NEIGHBOURHOOD[0][1] - _RING.number(k.threshold),
        "79/64 < 2 pi/5": 2 * pi / 5 - NEIGHBOURHOOD[1][0],
        "2 pi/5 < 41/32": NEIGHBOURHOOD[1][1] - 2 * pi / 5,
    }
    return Theorem(
        "pentagon",
        "Gamma(a, b, theta) >= 0 for a >= 0, b real, 0 <= theta <= pi/2, with equality at "
        "(a*, b*, 2 pi/5) only.",
        k.named,
        tuple(Condition(text, value.enclosure()) for text, value in conditions.items()),
        two_variable_questions(k, (Fraction(0), STEEP), _FLAT, NEIGHBOURHOOD),
        tangency(k, 5),
    )
