r"""Regular k-gons as critical points of the one-active loss, k = 5, ..., 8, and their Hessians.

For n = k columns near a regular k-gon with biases b < 0 the loss depends on the squared norms a_j,
the biases b_j and the gaps theta_j between neighbours, which add up to 2 pi:

    T_1 = sum_j D(a_j, b_j) + P(a_j, b_j, a_{j+1}, b_{j+1}, theta_j),
    P = C(g, b_j) + C(g, b_{j+1}),  g = sqrt(a_j a_{j+1}) cos theta_j,

as non-neighbours have g <= 0 at the k-gon and b < 0, so that they cost nothing nearby. These are
3 k - 1 coordinates of the configurations modulo O(2). The k-gon is critical when (a, b) is for
f = D(a, b) + 2 C(a c, b), c = cos(2 pi/k): the slopes in the gaps are equal.

The Hessian commutes with rotations of the index. For a_j, b_j varying as exp(i w j) and theta_j as
exp(i w (j + 1/2)), w = 2 pi q/k, it is a real symmetric matrix of 3 rows, and for q = 0, where the
gaps cannot vary, one of 2 rows. The loss has a strict minimum at the k-gon modulo O(2) if all of
them, q = 0, ..., k//2, are positive definite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from superposition_numerics.certify import (
    Enclosure,
    Fixed,
    Formula,
    enclose_zero,
    is_positive_definite,
    pi_enclosure,
)
from superposition_theory.errors import InputError

from .pentagon import THIRD, polygon_constants

_RING = Fixed(256)
_STARTS = {5: (1.37, -0.28), 6: (1.74, -0.62), 7: (2.1, -0.97), 8: (2.4, -1.29)}


def own_cost(x: Sequence[Any]) -> Any:
    """Return D(a, b) for -a < b < 0, at (a, b).

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.polygons_critical import own_cost
    >>> own_cost((Fraction(2), Fraction(-1)))
    Fraction(1, 12)
    """
    a, b = x
    t = -b / a
    return THIRD - a * (1 - t) ** 2 * (2 + t) / 3 + a**2 * (1 - t) ** 3 / 3


def pair_cost(x: Sequence[Any]) -> Any:
    """Return C(g, b) + C(g, b') for g > -b, -b' > 0, at (a, b, a', b', theta).

    Examples
    --------
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.polygons_critical import pair_cost
    >>> at = Fixed(64).point([4, -2, 1, -1, 0])
    >>> round(pair_cost(at).bounds()[0], 9)  # 0 + 1/6
    0.166666667
    """
    a, b, other_a, other_b, theta = x
    g = (a * other_a).sqrt() * theta.cos()
    return ((g + b) ** 3 + (g + other_b) ** 3) / (3 * g)


@dataclass(frozen=True)
class _Slope:
    """A partial derivative of f(a, b) = D(a, b) + 2 C(a c, b).

    With t = -b/a and s = t/c, D_a = -2 int x (x - y) and D_b = -2 int (x - y) from t to 1, and
    C_g = 2 int x y, C_b = 2 int y from s to 1.
    """

    cosine: Enclosure
    by_bias: bool

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (a, b)."""
        a, b = x
        t = -b / a
        s = t / self.cosine
        g = a * self.cosine
        if self.by_bias:
            return a * (1 - t) ** 2 - (1 - t**2) + 2 * g * (1 - s) ** 2
        own = (a * (1 - t) ** 2 * (2 + t) - 2 * (1 - t**3)) / 3
        return own + 2 * self.cosine * g * (1 - s) ** 2 * (2 + s) / 3


def critical_slopes(corners: int, norm: Enclosure, bias: Enclosure) -> tuple[Enclosure, ...]:
    """Enclose the partial derivatives of f = D(a, b) + 2 C(a c, b) at a point.

    Examples
    --------
    >>> from superposition_proofs.certificates.polygons_critical import critical_point
    >>> from superposition_proofs.certificates.polygons_critical import critical_slopes
    >>> all(slope.contains(0) for slope in critical_slopes(5, *critical_point(5)))
    True
    """
    place = [_RING.number(norm), _RING.number(bias)]
    cosine = polygon_constants(corners).cosine
    return tuple(_Slope(cosine, side)(place).enclosure() for side in (False, True))


@cache
def critical_point(corners: int) -> tuple[Enclosure, Enclosure]:
    """Return a and b of the critical regular k-gon, by Krawczyk's test.

    Parameters
    ----------
    corners : int
        From 5 to 8.

    Returns
    -------
    tuple of two Enclosure
        Each less than 10^-40 wide.

    Raises
    ------
    InputError
        Another number of corners.

    Examples
    --------
    >>> from superposition_proofs.certificates.polygons_critical import critical_point
    >>> critical_point(6)[0].digits(20)
    '1.74378979028320287332'
    """
    if corners not in _STARTS:
        raise InputError(f"corners is {corners!r}; accepted: 5, 6, 7, 8")
    cosine = polygon_constants(corners).cosine
    slopes = [Formula(_Slope(cosine, by_bias)) for by_bias in (False, True)]
    a, b = enclose_zero(slopes, _STARTS[corners], digits=40)
    return a, b


def hessian_blocks(corners: int, bias: Enclosure | None = None) -> list[list[list[Any]]]:
    """Return the blocks of the Hessian of T_1 at the regular k-gon, q = 0, ..., k//2.

    Parameters
    ----------
    corners : int
        From 5 to 8.
    bias : Enclosure, optional
        Of all features, instead of the critical one.

    Returns
    -------
    list of matrices
        Lower triangles, in the order a, b, theta.

    Examples
    --------
    >>> from superposition_proofs.certificates.polygons_critical import hessian_blocks
    >>> [len(block) for block in hessian_blocks(6)]
    [2, 3, 3, 3]
    """
    norm, critical = critical_point(corners)
    turn = 2 * _RING.number(pi_enclosure()) / corners
    a, b = _RING.number(norm), _RING.number(critical if bias is None else bias)
    own = Formula(own_cost).hessian([a, b])
    pair = Formula(pair_cost).hessian([a, b, a, b, turn])
    blocks = []
    for q in range(corners // 2 + 1):
        wave, half = (turn * q).cos(), (turn * Fraction(q, 2)).cos()
        by_norm = own[0][0] + 2 * pair[0][0] + 2 * pair[2][0] * wave
        mixed = own[1][0] + 2 * pair[1][0] + 2 * pair[3][0] * wave
        by_bias = own[1][1] + 2 * pair[1][1] + 2 * pair[3][1] * wave
        block = [[by_norm], [mixed, by_bias]]
        if q:
            block.append([2 * pair[4][0] * half, 2 * pair[4][1] * half, pair[4][4]])
        blocks.append(block)
    return blocks


def is_strict_minimum(corners: int, bias: Enclosure | None = None) -> bool:
    """Say whether every block of the Hessian is certainly positive definite.

    Examples
    --------
    >>> from superposition_proofs.certificates.polygons_critical import is_strict_minimum
    >>> is_strict_minimum(5)
    True
    """
    return all(bool(is_positive_definite(block)) for block in hessian_blocks(corners, bias))
