"""The functions of (t, theta) that the full model needs: quadratics in a, and minors on faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from superposition_numerics.certify import Enclosure, Fixed, pi_enclosure

from ..pentagon import THIRD, PolygonConstants
from .losses import Weights

_RING = Fixed(256)
LEAST = Fraction(13, 16)  # m, below a/a*


class Edge(NamedTuple):
    """The face a = constant + rate t of a set of (a, t, theta)."""

    constant: Fraction
    rate: Fraction = Fraction(0)


@cache
def fifth_turn() -> Enclosure:
    """Return 2 pi/5."""
    return (2 * _RING.number(pi_enclosure()) / 5).enclosure()


def quadratic(t: Any, c: Any) -> tuple[Any, Any]:
    """Return P and Q at t and c = cos theta."""
    return (1 - t) ** 2 * (2 + t) / 6, (1 - t) ** 3 / 3 + 2 * (c - t).positive_part(3) / (3 * c)


@dataclass(frozen=True)
class Raised:
    """Gamma - e for a constant e: a quadratic in a.

    Attributes
    ----------
    slope, level : Enclosure
        mu and K + e.
    """

    slope: Enclosure
    level: Enclosure

    def __call__(self, t: Any, theta: Any) -> tuple[Any, Any, Any]:
        """Return the coefficients of 1, -2 a and a^2."""
        return (theta * self.slope - self.level + THIRD, *quadratic(t, theta.cos()))


@dataclass(frozen=True)
class Shifted:
    """A lower bound of Psi - 9 eta: a quadratic in a.

    Attributes
    ----------
    constants : PolygonConstants
    norm_slope, threshold_slope : Enclosure
        r_s >= 0 and r_t for the largest rho, widened by their change relative to rho.
    weights : Weights
    margin : Enclosure
        9 eta.
    """

    constants: PolygonConstants
    norm_slope: Enclosure
    threshold_slope: Enclosure
    weights: Weights
    margin: Enclosure

    def __call__(self, t: Any, theta: Any) -> tuple[Any, Any, Any]:
        """Return the coefficients of 1, -2 a and a^2."""
        k = self.constants
        constant, linear, square = Raised(k.slope, k.level)(t, theta)
        one = t * 0 + 1
        a, r = one * k.squared_norm, one * self.norm_slope
        bend = (r + self.weights.norm) / (2 * LEAST)
        dt, dtheta = t - k.threshold, theta - fifth_turn()
        lowered = r + bend + dt**2 * (self.weights.threshold / 2) + dtheta**2 * self.weights.angle
        return (
            constant + dt * self.threshold_slope - lowered - self.margin,
            linear - (r / 2 + bend) / a,
            square - bend / a**2,
        )


@dataclass(frozen=True)
class Least:
    """The least value over a of a quadratic with a positive square term.

    Attributes
    ----------
    parabola : Raised or Shifted
    """

    parabola: Raised | Shifted

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (t, theta)."""
        constant, linear, square = self.parabola(x[0], x[1])
        return constant - linear**2 / square


@dataclass(frozen=True)
class OnEdge:
    """The value of a quadratic in a on a face.

    Attributes
    ----------
    parabola : Raised or Shifted
    edge : Edge
    """

    parabola: Raised | Shifted
    edge: Edge

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (t, theta)."""
        constant, linear, square = self.parabola(x[0], x[1])
        a = self.edge.constant + self.edge.rate * x[0]
        return constant - 2 * (a * linear) + a**2 * square


@dataclass(frozen=True)
class Rise:
    """Half the derivative of a quadratic in a on a face, out of the set.

    Attributes
    ----------
    parabola : Raised or Shifted
    edge : Edge
    sign : int
        -1 on the face of least a, 1 on that of largest a.
    """

    parabola: Raised | Shifted
    edge: Edge
    sign: int

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (t, theta)."""
        _, linear, square = self.parabola(x[0], x[1])
        a = self.edge.constant + self.edge.rate * x[0]
        return self.sign * (a * square - linear)


@dataclass(frozen=True)
class Minor:
    """A leading minor of the Hessian of D + 2 C in (t, ln a, theta), less a constant matrix.

    On a face. Rows and columns are divided by a, a and a sin theta, which keeps the sign.

    Attributes
    ----------
    size : int
        1, 2 or 3.
    edge : Edge
    diagonal : Weights
    cross : Fraction
        Entry (t, ln a) of that matrix.
    """

    size: int
    edge: Edge
    diagonal: Weights
    cross: Fraction

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (t, theta)."""
        t, c = x[0], x[1].cos()
        v = 1 / (self.edge.constant + self.edge.rate * t)
        p, q = quadratic(t, c)
        u1, u2, u3 = ((c - t).positive_part(k) for k in (1, 2, 3))
        tt = 2 * (1 - t) + 4 * u1 / c - 2 * (t * v) - self.diagonal.threshold * v**2
        if self.size == 1:
            return tt
        st = (1 - t**2) * v - 2 * (1 - t) ** 2 - 4 * u2 / c - self.cross * v**2
        ss = 4 * q - 2 * (p * v) - self.diagonal.norm * v**2
        if self.size == 2:
            return tt * ss - st**2
        by_c = 2 * u2 / c - 2 * u3 / (3 * c**2)
        by_cc = 4 * u1 / c - 4 * u2 / c**2 + 4 * u3 / (3 * c**3)
        hh = by_cc - (by_c * c + self.diagonal.angle * v**2) / (1 - c**2)
        th, sh = 4 * u1 / c - 2 * u2 / c**2, -2 * by_c
        return tt * (ss * hh - sh**2) - st * (st * hh - sh * th) + th * (st * sh - ss * th)
