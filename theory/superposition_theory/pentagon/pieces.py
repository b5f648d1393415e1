r"""What one output costs while one feature is active.

With y_+ = max(y, 0), an output of squared norm a and bias b costs

    D(a, b) = int_0^1 (x - (a x + b)_+)^2 dx

while its own feature is active, and C(g, b) = int_0^1 (g x + b)_+^2 dx while a feature is active
whose column has the inner product g with its own. Both are rational functions on each of the
regions that the signs at x = 0 and x = 1 of what is clipped make, and continuous.
"""

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import Expr, Integer, Matrix, Rational, Symbol, cancel, sympify

from superposition_theory.errors import InputError
from superposition_theory.toy_model import Cell, output_loss_on_cell

NORM = Symbol("a", positive=True)
BIAS = Symbol("b", real=True)
OVERLAP = Symbol("g", real=True)
_OTHER_NORM = Symbol("h", positive=True)
_OTHER_BIAS = Symbol("d", real=True)


class Region(Enum):
    """Where g x + b is positive on the way from x = 0 to x = 1.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region
    >>> Region.at(Rational(3), Rational(-1)), Region.at(Rational(0), Rational(0))
    (<Region.rising: 'rising'>, <Region.off: 'off'>)
    """

    on = "on"
    rising = "rising"
    falling = "falling"
    off = "off"

    @classmethod
    def at(cls, slope: Rational, bias: Rational) -> "Region":
        """Return the region of a slope and a bias; on a wall, one whose piece holds there."""
        begins, ends = bias > 0, slope + bias > 0
        if begins == ends:
            return cls.on if begins else cls.off
        return cls.falling if begins else cls.rising


# A point inside each region.
_INSIDE = {Region.on: (2, 1), Region.rising: (2, -1), Region.falling: (-2, 1), Region.off: (1, -2)}


@cache
def own_piece(region: Region) -> Expr:
    """Return D(a, b), a > 0, on a region, derived from the loss of the model.

    Parameters
    ----------
    region : Region
        Not falling, as a > 0.

    Returns
    -------
    Expr
        In a and b.

    Raises
    ------
    InputError
        For the region falling.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region, own_piece
    >>> own_piece(Region.off)
    1/3
    """
    if region is Region.falling:
        raise InputError("region is falling; accepted for a norm > 0: on, rising, off")
    slope, bias = _INSIDE[region]
    gram, biases = Matrix([[NORM]]), [BIAS]
    cell = Cell.at(gram, biases, {NORM: slope, BIAS: bias})
    return output_loss_on_cell(0, gram, biases, 1, cell)


@cache
def overlap_piece(region: Region) -> Expr:
    """Return C(g, b) on a region: what output 1 costs while feature 2 of two is active.

    Parameters
    ----------
    region : Region

    Returns
    -------
    Expr
        In g and b: the norms, and the other bias, do not enter.

    Examples
    --------
    >>> from superposition_theory.pentagon import Region, overlap_piece
    >>> overlap_piece(Region.rising).factor()
    (b + g)**3/(3*g)
    """
    slope, bias = _INSIDE[region]
    gram = Matrix([[NORM, OVERLAP], [OVERLAP, _OTHER_NORM]])
    biases = [BIAS, _OTHER_BIAS]
    at = {NORM: 7, _OTHER_NORM: 7, OVERLAP: slope, BIAS: bias, _OTHER_BIAS: -3}
    return cancel(output_loss_on_cell(0, gram, biases, [0, 1], Cell.at(gram, biases, at)))


def own_loss(norm: Any, bias: Any) -> Rational:
    """Return D(a, b) exactly.

    Parameters
    ----------
    norm, bias : int, Fraction or Rational
        a >= 0 and b.

    Returns
    -------
    Rational

    Raises
    ------
    InputError
        For numbers that are not rational, and a < 0.

    Examples
    --------
    >>> from superposition_theory.pentagon import own_loss
    >>> own_loss(1, 0), own_loss(0, Rational(1, 2))
    (0, 1/12)
    """
    a, b = _rational(norm, "norm"), _rational(bias, "bias")
    if a < 0:
        raise InputError(f"norm is {a}; accepted: a number >= 0")
    return own_piece(Region.at(a, b)).subs({NORM: a, BIAS: b})


def overlap_loss(overlap: Any, bias: Any) -> Rational:
    """Return C(g, b) exactly.

    Parameters
    ----------
    overlap, bias : int, Fraction or Rational
        g and b.

    Returns
    -------
    Rational

    Raises
    ------
    InputError
        For numbers that are not rational.

    Examples
    --------
    >>> from superposition_theory.pentagon import overlap_loss
    >>> overlap_loss(1, 0), overlap_loss(-1, 0)
    (1/3, 0)
    """
    g, b = _rational(overlap, "overlap"), _rational(bias, "bias")
    return overlap_piece(Region.at(g, b)).subs({OVERLAP: g, BIAS: b})


def sum_over_pairs(gram: Sequence[Sequence[Any]], biases: Sequence[Any]) -> Rational:
    """Return sum_j (D(a_j, b_j) + sum_{i != j} C(g_ij, b_j)) for a Gram matrix.

    Parameters
    ----------
    gram : n rows of n rationals
        a_j on the diagonal.
    biases : n rationals

    Returns
    -------
    Rational

    Examples
    --------
    >>> from superposition_theory.pentagon import sum_over_pairs
    >>> sum_over_pairs([[1, -1], [-1, 1]], [0, 0])
    0
    """
    total = Integer(0)
    for j, bias in enumerate(biases):
        for i, row in enumerate(gram):
            total += own_loss(row[j], bias) if i == j else overlap_loss(row[j], bias)
    return total


def _rational(number: Any, name: str) -> Rational:
    """Return an exact rational number."""
    if isinstance(number, bool) or not isinstance(number, int | Fraction | Rational):
        raise InputError(f"{name} is {number!r}; accepted: an int, a Fraction or a Rational")
    return sympify(number)
