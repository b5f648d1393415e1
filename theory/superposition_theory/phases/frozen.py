"""The frozen candidates of Elhage et al. (2022): unit weights, no bias on what is represented."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

from sympy import (
    Expr,
    ImmutableMatrix,
    Integer,
    Matrix,
    Poly,
    Rational,
    Symbol,
    diff,
    factor,
    fraction,
    oo,
    real_roots,
    solve,
    together,
)

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count
from superposition_theory.toy_model import Cell, loss_on_cell

from .symbols import DENSITY, IMPORTANCE

_SAMPLE = {DENSITY: Rational(1, 3), IMPORTANCE: Rational(1, 2)}


@dataclass(frozen=True)
class Candidate:
    """A configuration with given weights, and its loss.

    Parameters
    ----------
    name : str
        What it does with the features, counted from 1.
    gram : ImmutableMatrix, shape (n, n)
    biases : tuple of n Expr
        In the density p.
    loss : Expr
        In the density p and the importance I of the last feature.

    Examples
    --------
    >>> [str(candidate.loss) for candidate in frozen_candidates(2, 1)]
    ['-I*p*(3*p - 4)/12', '-p*(3*p - 4)/12', 'p**2*(I + 1)/6']
    """

    name: str
    gram: ImmutableMatrix
    biases: tuple[Expr, ...]
    loss: Expr


@dataclass(frozen=True)
class Boundary:
    """A line along which two candidates both have the least loss of all.

    Parameters
    ----------
    first, second : Candidate
        The first has the smaller loss for smaller values of the variable.
    variable : Symbol
        What the line is solved for: the importance I, or p where the loss gap does not depend on I.
    value : Expr
        The variable on the line, in the other one of p and I.
    extent : tuple of (Expr, Expr)
        The intervals of the other variable on which the line is in the quadrant p, I > 0 and no
        candidate has a smaller loss.
    slope_gap : Expr
        d(second.loss - first.loss)/d(variable) on the line: where it is not 0 the least loss has a
        kink, and the transition is of first order.

    Examples
    --------
    >>> for boundary in frozen_boundaries(frozen_candidates(2, 1)):
    ...     print(boundary.variable, boundary.value, boundary.extent)
    I 1 ((4/7, 1),)
    I -2*p/(5*p - 4) ((0, 4/7),)
    I -(5*p - 4)/(2*p) ((0, 4/7),)
    """

    first: Candidate
    second: Candidate
    variable: Symbol
    value: Expr
    extent: tuple[tuple[Expr, Expr], ...]
    slope_gap: Expr


def dropped_loss(*, optimal_bias: bool = True) -> Expr:
    """Return the loss p/3 - p^2/4 of a feature that is not represented, with its optimal bias.

    Parameters
    ----------
    optimal_bias : bool
        Whether the output is the best constant (p/2), or 0.

    Returns
    -------
    Expr
        In the density p.

    Examples
    --------
    >>> dropped_loss(), dropped_loss(optimal_bias=False)
    (-p*(3*p - 4)/12, p/3)
    """
    return factor(
        _loss(Matrix([[0]]), [dropped_bias(optimal_bias=optimal_bias)]).subs(IMPORTANCE, 1)
    )


def dropped_bias(*, optimal_bias: bool = True) -> Expr:
    """Return the bias of a feature that is not represented: the best one, or 0.

    A positive bias b costs E(x - b)^2, a strictly convex function; a negative one costs what b = 0
    does.

    Parameters
    ----------
    optimal_bias : bool
        Whether to return the best one.

    Returns
    -------
    Expr
        In the density p.

    Examples
    --------
    >>> dropped_bias()
    p/2
    """
    if not optimal_bias:
        return Integer(0)
    bias = Symbol("b", positive=True)
    loss = _loss(Matrix([[0]]), [bias])
    (best,) = solve(diff(loss, bias), bias)
    return best


def frozen_candidates(n: int, m: int, *, optimal_bias: bool = True) -> tuple[Candidate, ...]:
    """Return the frozen candidates for n features in m dimensions.

    All importances are 1 but that of the last feature. Each dimension holds an antipodal pair or
    one feature alone, as long as there are features, and the rest are dropped. Weights have norm 1,
    represented features bias 0. Of candidates that differ by features of equal importance one is
    listed. For n = m + 1 these are the candidates of Elhage et al.

    Parameters
    ----------
    n, m : int
        n >= m >= 1.
    optimal_bias : bool
        Whether a dropped feature has its best bias p/2 (as in the paper), or 0.

    Returns
    -------
    tuple of Candidate

    Raises
    ------
    InputError
        Unless n >= m >= 1.

    References
    ----------
    Elhage et al. 2022, "Toy Models of Superposition", phase change.

    Examples
    --------
    >>> [candidate.name for candidate in frozen_candidates(3, 2)]
    ['drop 3', 'drop 1', 'pair 2-3', 'pair 1-2']
    >>> [candidate.name for candidate in frozen_candidates(4, 2)][-2:]
    ['pair 1-2, drop 3', 'pair 1-2, pair 3-4']
    """
    if read_count(n, "n", 1) < read_count(m, "m", 1):
        raise InputError(f"n = {n}, m = {m}; accepted: integers with n >= m")
    found = []
    for pairs in range(min(m, n // 2) + 1):
        alone = min(m - pairs, n - 2 * pairs)
        blocks = {"pair": pairs, "alone": alone, "drop": n - 2 * pairs - alone}
        # The last feature is in each kind of block in turn: the kind that comes last.
        for order in (
            ("pair", "alone", "drop"),
            ("drop", "alone", "pair"),
            ("pair", "drop", "alone"),
        ):
            if blocks[order[-1]]:
                sequence = [kind for kind in order for _ in range(blocks[kind])]
                found.append(_candidate(sequence, optimal_bias))
    return tuple(found)


def _candidate(blocks: Sequence[str], optimal_bias: bool) -> Candidate:
    """Return the candidate with these blocks of features, in order."""
    n = sum(2 if kind == "pair" else 1 for kind in blocks)
    gram, biases, words = Matrix.eye(n), [Integer(0)] * n, []
    loss: Expr = Integer(0)  # blocks are orthogonal: their losses add up
    first = 0
    for kind in blocks:
        if kind == "pair":
            gram[first, first + 1] = gram[first + 1, first] = -1
            words.append(f"pair {first + 1}-{first + 2}")
            first += 1
            weight = IMPORTANCE if first == n - 1 else Integer(1)
            loss += _pair_loss().subs(IMPORTANCE, weight)
        elif kind == "drop":
            gram[first, first] = 0
            biases[first] = dropped_bias(optimal_bias=optimal_bias)
            words.append(f"drop {first + 1}")
            weight = IMPORTANCE if first == n - 1 else Integer(1)
            loss += weight * dropped_loss(optimal_bias=optimal_bias)
        first += 1
    name = ", ".join(words) or "each alone"
    return Candidate(name, ImmutableMatrix(gram), tuple(biases), factor(loss))


@cache
def _pair_loss() -> Expr:
    """Return the loss of the pair (1, -1) without biases and with importances (1, I)."""
    return _loss(Matrix([[1, -1], [-1, 1]]), [Integer(0), Integer(0)])


def frozen_boundaries(candidates: Sequence[Candidate]) -> tuple[Boundary, ...]:
    """Return the boundaries between candidates along which both have the least loss of all.

    Each comes from solving for the importance of the last feature, or for the density.

    Parameters
    ----------
    candidates : sequence of Candidate

    Returns
    -------
    tuple of Boundary
        For every pair of candidates, and every line on a part of which both are optimal.

    Examples
    --------
    >>> boundary = frozen_boundaries(frozen_candidates(2, 1))[0]
    >>> boundary.first.name, boundary.second.name
    ('drop 2', 'drop 1')
    """
    found = []
    for one, other in combinations(candidates, 2):
        gap = other.loss - one.loss
        variable, along = (IMPORTANCE, DENSITY) if gap.has(IMPORTANCE) else (DENSITY, IMPORTANCE)
        for value in solve(gap, variable):
            on_line = [candidate.loss.subs(variable, value) for candidate in candidates]
            if variable == DENSITY and not 0 < value < 1:
                continue
            conditions = [value, *(loss - one.loss.subs(variable, value) for loss in on_line)]
            extent = _extent(conditions, along)
            if extent:
                slope = factor(diff(gap, variable).subs(variable, value))
                falls = slope.subs(along, _between(*extent[0])) < 0
                first, second = (one, other) if falls else (other, one)
                slope = slope if falls else -slope
                found.append(Boundary(first, second, variable, factor(value), extent, slope))
    return tuple(found)


def triple_points(boundaries: Sequence[Boundary]) -> tuple[tuple[Expr, Expr], ...]:
    """Return the points (p, I) in which boundaries end in each other.

    Parameters
    ----------
    boundaries : sequence of Boundary

    Returns
    -------
    tuple of (density, importance)

    Examples
    --------
    >>> triple_points(frozen_boundaries(frozen_candidates(2, 1)))
    ((4/7, 1),)
    """
    ends: list[tuple[Expr, Expr]] = []
    for line in boundaries:
        for end in {end for interval in line.extent for end in interval} - {oo}:
            if line.variable == IMPORTANCE:
                ends.append((end, line.value.subs(DENSITY, end)))
            else:
                ends.append((line.value, end))
    return tuple(dict.fromkeys(end for end in ends if ends.count(end) > 1 and 0 not in end))


def _extent(conditions: Sequence[Expr], variable: Symbol) -> tuple[tuple[Expr, Expr], ...]:
    """Return the intervals of p in (0, 1), or of I in (0, oo), where no condition is negative.

    The sign of a rational function is constant between neighbouring zeros of its numerator and
    denominator, so that one point between them decides. Neighbouring intervals stay apart.
    """
    last = Integer(1) if variable == DENSITY else oo
    ends = {Integer(0), last}
    for function in conditions:
        for part in fraction(together(function)):
            if part.has(variable):
                ends |= {root for root in real_roots(Poly(part, variable)) if 0 < root < last}
    return tuple(
        (left, right)
        for left, right in pairwise(sorted(ends))
        if all(function.subs(variable, _between(left, right)) >= 0 for function in conditions)
    )


def _between(left: Expr, right: Expr) -> Expr:
    """Return a number inside an interval."""
    return left + 1 if right == oo else (left + right) / 2


def _loss(gram: Matrix, biases: Sequence[Expr]) -> Expr:
    """Return the loss at a symbolic density and importance of the last feature."""
    n = gram.rows
    sample = {**_SAMPLE, **{x: Rational(1, 6) for b in biases for x in b.free_symbols - {DENSITY}}}
    cell = Cell.at(gram, biases, sample)
    return loss_on_cell(gram, biases, DENSITY, cell, [1] * (n - 1) + [IMPORTANCE])
