r"""What several active features add to the loss of five features in two dimensions.

With rho = p/(1 - p) and T_k the sum of the losses over supports of k features,

    L_p / (p (1 - p)^4) = 5 L_1 + sum_j (b_j)_+^2 / rho + R,    R = sum_{k=2}^5 rho^(k-1) T_k.

Coordinates are s_j = ln a_j, t_j = -b_j/a_j and the angles theta_j between neighbours. Two things
are needed of R: its value and slopes at the regular pentagon, in closed form, and weights with
which R + (W_s |s|^2 + W_t |t|^2 + W_theta |theta|^2)/2 is convex on a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any, NamedTuple

from superposition_numerics.certify import Enclosure

FEATURES = 5
SIZES = (2, 3, 4, 5)
NEIGHBOURS = (1, 4)  # of feature 0
FAR = Fraction(2619, 1000)  # above 2 + 2 cos(2 pi/5) = (3 + sqrt 5)/2
_BALANCE = Fraction(1, 2)  # omega in 2 x y <= omega x^2 + y^2/omega


class Weights(NamedTuple):
    """Weights of the squares of ds_j, dt_j and dtheta_j."""

    norm: Fraction
    threshold: Fraction
    angle: Fraction


@dataclass(frozen=True)
class PolygonLoss:
    """T_k/5 of the regular pentagon with squared norm a and biases -a t: the loss of one output.

    Parameters
    ----------
    size : int
        k, from 1 to 5.
    cosine : Enclosure
        c = cos(2 pi/5); cos(4 pi/5) = -c - 1/2.

    Examples
    --------
    One feature alone, next to the loss of the best pentagon:

    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.certificates.full_model.losses import PolygonLoss
    >>> k, ring = polygon_constants(5), Fixed(128)
    >>> one = PolygonLoss(1, k.cosine)([ring.number(k.squared_norm), ring.number(k.threshold)])
    >>> one.enclosure().digits(20) == k.loss.digits(20)
    True
    """

    size: int
    cosine: Enclosure

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (a, t)."""
        a, t = x
        near = a * self.cosine
        far = -near - a / 2
        total = a * 0
        for support in combinations(range(FEATURES), self.size):
            slopes = [near if i in NEIGHBOURS else far for i in support if i]
            total = total + output_loss(-(a * t), slopes, a if 0 in support else None)
        return total


def output_loss(bias: Any, slopes: Sequence[Any], own: Any | None) -> Any:
    """Return E (x - (own x + sum g_i x_i + bias)_+)^2 for x and the x_i uniform on [0, 1].

    By repeated integration of truncated powers F_k(u) = u_+^k/k!.

    Parameters
    ----------
    bias : value
    slopes : sequence of values
        The g_i, none of them 0.
    own : value or None
        Not 0; None for x = 0.

    Examples
    --------
    An antipodal pair, (x - (x - y)_+)^2 = min(x, y)^2:

    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.full_model.losses import output_loss
    >>> one = Fixed(64).number(1)
    >>> output_loss(0 * one, [-one], one).enclosure().digits(10)
    '0.1666666666'
    """
    square = 2 * _mean(bias, slopes if own is None else [*slopes, own], 2)
    if own is None:
        return square
    cross, size = bias * 0, len(slopes)
    for sign, start in _corners(bias, slopes):
        end = start + own
        rest = (_power(end, size + 3) - _power(start, size + 3)) / own
        cross = cross + sign * (_power(end, size + 2) - rest)
    return square - 2 * cross / _product([own, *slopes]) + Fraction(1, 3)


def curvature_weights(
    norms: tuple[Fraction, Fraction],
    thresholds: tuple[Fraction, Fraction],
    cosine: Fraction,
    ratio: Fraction,
) -> Weights:
    """Return weights that make R convex on a box.

    Convex in (s, t, theta) is then R + (W_s |s|^2 + W_t |t|^2 + W_theta |theta|^2)/2 where all a_j
    and t_j lie between the bounds, 0 <= cos theta_j <= cosine, cos(theta_j + theta_{j+1}) <= 0 and
    sum theta_j = 2 pi.

    Parameters
    ----------
    norms, thresholds : (lower, upper)
        Of a_j and t_j, with 0 <= t_j <= 1.
    cosine : Fraction
    ratio : Fraction
        rho; for smaller ones the same weights do.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.full_model.losses import curvature_weights
    >>> unit = Fraction(1), Fraction(1)
    >>> zero = Fraction(0), Fraction(0)
    >>> curvature_weights(unit, zero, Fraction(0), Fraction(0))
    Weights(norm=Fraction(0, 1), threshold=Fraction(0, 1), angle=Fraction(0, 1))
    """
    totals = [Fraction(0)] * 3
    for size in SIZES:
        for support in combinations(range(FEATURES), size):
            for k, weight in enumerate(_of_output(support, norms, thresholds, cosine)):
                totals[k] += ratio ** (size - 1) * weight
    return Weights(*totals)


def _of_output(
    support: tuple[int, ...],
    norms: tuple[Fraction, Fraction],
    thresholds: tuple[Fraction, Fraction],
    cosine: Fraction,
) -> Weights:
    """Return the weights for output 0 on one support; the five outputs share them evenly.

    Where z_0 > 0 the error |x_0 - z_0| is at most own x_0 + pull (sum of x_i over neighbours).
    """
    a, others = norms[1], [i for i in support if i]
    active = 0 in support
    near = sum(i in NEIGHBOURS for i in others)
    far = len(others) - near
    own, pull = (max(Fraction(1), a - 1) if active else Fraction(0)), cosine * a
    error = (own + near * pull) / 2
    by_far = a * error  # 2 a times the mean of the error with the weight x_i
    by_near = by_far + a * pull / 6
    slide = Fraction(0)
    if active:  # and the kink of -2 x_0 z_+ at z = 0
        kink = Fraction(2, 3) * (1 + _BALANCE) * len(others) * a
        by_far, by_near = by_far + kink, by_near + kink
        slide = 2 * (1 + 1 / _BALANCE) * a
    reach = 1 if active else thresholds[1]
    return Weights(
        near * by_near + far * by_far + 2 * a * error * (reach + _BALANCE),
        2 * a * error / _BALANCE + slide,
        near * by_near + FAR * far * by_far,
    )


def _mean(bias: Any, slopes: Sequence[Any], order: int) -> Any:
    """Return E F_order(bias + sum g_i x_i)."""
    total = bias * 0
    for sign, corner in _corners(bias, slopes):
        total = total + sign * _power(corner, order + len(slopes))
    return total / _product(slopes)


def _corners(bias: Any, slopes: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Yield every corner's sign and value of bias + sum g_i x_i."""
    for count in range(len(slopes) + 1):
        for chosen in combinations(slopes, count):
            yield (-1) ** (len(slopes) - count), sum(chosen, start=bias)


def _product(factors: Sequence[Any]) -> Any:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _power(value: Any, order: int) -> Any:
    return value.positive_part(order) / factorial(order)
