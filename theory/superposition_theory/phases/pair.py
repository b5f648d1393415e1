"""Two features in one dimension: the loss of an output beside a partner of opposite sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import Expr, Matrix, Rational, Symbol, cancel, diff, expand, solve

from superposition_theory.errors import InputError
from superposition_theory.toy_model import Cell, output_loss_on_cell

from .frozen import dropped_loss
from .reading import read_point
from .series import taylor
from .symbols import DENSITY

SQUARED_NORM = Symbol("a", positive=True)
OVERLAP = Symbol("s", positive=True)
BIAS = Symbol("b", real=True)


def pair_loss(at: Mapping[Symbol, Any]) -> Expr:
    """Return the loss of one output, z = a x - s y + b, of two features in one dimension.

    It is the population loss of the output whose feature x has squared norm a and whose partner y
    has inner product -s < 0 with it, on the cell (the signs of b, b - s, b + a, b + a - s) of a
    point.

    Parameters
    ----------
    at : mapping of Symbol to Rational
        Values of a, s and b that name the cell; none of the breakpoints is 0 there.

    Returns
    -------
    Expr
        A rational function of a, s, b and the density p.

    Raises
    ------
    InputError
        Values that are missing, not exact, not positive (a, s), or on a wall between cells.

    Examples
    --------
    >>> loss = pair_loss({SQUARED_NORM: 1, OVERLAP: Rational(1, 2), BIAS: Rational(1, 10)})
    >>> half = {SQUARED_NORM: 1, OVERLAP: 1, BIAS: Rational(1, 10), DENSITY: Rational(1, 2)}
    >>> 2 * loss.subs(half)
    9259/120000
    """
    point = read_point(at, (SQUARED_NORM, OVERLAP, BIAS), "at")
    for symbol in (SQUARED_NORM, OVERLAP):
        if point[symbol] <= 0:
            raise InputError(f"at[{symbol}] is {point[symbol]}; accepted: a number > 0")
    # The other output does not matter; with this bias no breakpoint of it vanishes.
    gram = Matrix([[SQUARED_NORM, -OVERLAP], [-OVERLAP, 1]])
    biases = [BIAS, OVERLAP + 1]
    return output_loss_on_cell(0, gram, biases, DENSITY, Cell.at(gram, biases, point))


@dataclass(frozen=True)
class PairExpansion:
    """The symmetric pair (w, -w) at equal importance, for small density.

    Parameters
    ----------
    squared_norm, bias, loss : Expr
        Polynomials in p: the stationary a = w^2 and b, and the loss of one output at them.

    Examples
    --------
    >>> small_density_pair().loss
    -p**3/192 + p**2/6
    """

    squared_norm: Expr
    bias: Expr
    loss: Expr


def symmetric_pair_loss() -> Expr:
    """Return the loss of one output of the pair (w, -w), for 0 < b < a = w^2.

    Returns
    -------
    Expr
        In a, b and p.

    Examples
    --------
    >>> symmetric_pair_loss().subs({SQUARED_NORM: 1, BIAS: 0}).factor()
    p**2/6
    """
    between = {SQUARED_NORM: 1, OVERLAP: 1, BIAS: Rational(1, 10)}
    return cancel(pair_loss(between).subs(OVERLAP, SQUARED_NORM))


@cache
def small_density_pair() -> PairExpansion:
    """Return the first terms, in the density, of the stationary symmetric pair.

    The unknown coefficients are solved for, order by order, from both derivatives of the loss.

    Returns
    -------
    PairExpansion

    Examples
    --------
    >>> small_density_pair().squared_norm, small_density_pair().bias
    (p/8 + 1, 5*p**2/48)
    """
    loss = symmetric_pair_loss()
    p, a1, b2 = DENSITY, Symbol("a1"), Symbol("b2")
    near = {SQUARED_NORM: 1 + a1 * p, BIAS: b2 * p**2}
    conditions = [_leading(diff(loss, variable).subs(near)) for variable in (SQUARED_NORM, BIAS)]
    (values,) = solve(conditions, [a1, b2], dict=True)
    at = {SQUARED_NORM: near[SQUARED_NORM].subs(values), BIAS: near[BIAS].subs(values)}
    terms = taylor(loss.subs(at), p, 3)
    return PairExpansion(
        at[SQUARED_NORM], at[BIAS], sum(term * p**k for k, term in enumerate(terms))
    )


@dataclass(frozen=True)
class SparseOnset:
    """Where the pair takes over from dropping a feature, to first order in the density.

    Parameters
    ----------
    ratio : Expr
        lim I/p on the boundary.
    weight : Expr
        Minus the weight of the less important feature there, that of the other one being 1.

    Examples
    --------
    >>> sparse_onset().ratio, sparse_onset().weight
    (sqrt(2)/8 + 1/4, 2 - sqrt(2))
    """

    ratio: Expr
    weight: Expr


@cache
def sparse_onset() -> SparseOnset:
    """Return the onset of the pair as the density goes to 0.

    Biases, and the deviation of the larger weight from 1, are of order p at a stationary point, and
    change the loss at order p^3.

    With weights 1 and -s, biases 0 and importance I = iota p, pair and dropped feature have equal
    loss at leading order p^2 for one iota(s); the pair takes over at its least value.

    Returns
    -------
    SparseOnset

    Examples
    --------
    >>> sparse_onset().ratio
    sqrt(2)/8 + 1/4
    """
    p, s, iota = DENSITY, OVERLAP, Symbol("iota", positive=True)
    small = Rational(1, 1000)
    first = pair_loss({SQUARED_NORM: 1, OVERLAP: Rational(1, 2), BIAS: small})
    second = pair_loss({SQUARED_NORM: Rational(1, 4), OVERLAP: Rational(1, 2), BIAS: small})
    gap = first.subs({SQUARED_NORM: 1, BIAS: 0}) + iota * p * (
        second.subs({SQUARED_NORM: s**2, BIAS: 0}) - dropped_loss()
    )
    (ratio,) = solve(_leading(gap), iota)
    (weight,) = (x for x in solve(diff(ratio, s), s) if 0 < x < 1)
    return SparseOnset(expand(ratio.subs(s, weight).radsimp()), weight)


def _leading(function: Expr) -> Expr:
    """Return the coefficient of the least power of p in a rational function of p."""
    order = 0
    while True:
        coefficient = taylor(function, DENSITY, order)[order]
        if coefficient != 0:
            return coefficient
        order += 1
