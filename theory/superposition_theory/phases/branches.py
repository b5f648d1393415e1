"""Branches of stationary points as algebraic systems, and where two branches have equal loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import (
    QQ,
    Expr,
    Integer,
    Matrix,
    Poly,
    Symbol,
    chebyshevt,
    cos,
    diff,
    minimal_polynomial,
    pi,
    rem,
)

from superposition_theory.errors import InputError
from superposition_theory.frames.enclosure import locate
from superposition_theory.reading import read_count
from superposition_theory.toy_model import Cell, output_loss_on_cell

from .frozen import dropped_loss
from .reading import read_point
from .symbols import DENSITY, IMPORTANCE, PENALTY
from .systems import System

_RANGES = {DENSITY: (DENSITY, 1 - DENSITY), IMPORTANCE: (IMPORTANCE,), PENALTY: (PENALTY,)}


@dataclass(frozen=True)
class Branch:
    """Stationary points of one kind: the loss, on one cell, as a function of its free numbers.

    Parameters
    ----------
    name : str
    unknowns : tuple of Symbol
        The free numbers; the loss is stationary in them.
    loss : Expr
        A rational function of the unknowns, the constants and p, I, lambda: the loss where all of
        `positive` is positive, and only there.
    constants : tuple of (Symbol, Expr)
        Algebraic numbers in the loss, each with a polynomial that vanishes at it.
    positive : tuple of Expr
        What names the cell: the breakpoints of the outputs times their signs, what else is
        positive, and the distances of the constants from the ends of an interval that separates
        them from their conjugates.

    Examples
    --------
    >>> dropped_branch().unknowns
    ()
    """

    name: str
    unknowns: tuple[Symbol, ...]
    loss: Expr
    constants: tuple[tuple[Symbol, Expr], ...] = ()
    positive: tuple[Expr, ...] = ()

    @property
    def equations(self) -> tuple[Expr, ...]:
        """The derivatives in the unknowns, and the polynomials of the constants."""
        slopes = tuple(diff(self.loss, unknown) for unknown in self.unknowns)
        return slopes + tuple(equation for _, equation in self.constants)

    def holds_at(self, values: Mapping[Symbol, Any]) -> bool:
        """Decide exactly whether a point lies in the cell on which the loss is valid.

        Parameters
        ----------
        values : mapping of Symbol to int, Fraction or Rational
            The unknowns and constants.

        Returns
        -------
        bool

        Raises
        ------
        InputError
            A value missing, or not an exact rational.

        Examples
        --------
        >>> from sympy import Rational
        >>> branch = polygon_branch(2, {"a": 1, "b": Rational(1, 5)})
        >>> a, b = branch.unknowns
        >>> branch.holds_at({a: 1, b: Rational(1, 10)}), branch.holds_at({a: 1, b: -1})
        (True, False)
        """
        keys = (*self.unknowns, *(symbol for symbol, _ in self.constants))
        point = read_point(values, keys, "values")
        return all(condition.subs(point) > 0 for condition in self.positive)


def dropped_branch() -> Branch:
    """Return the branch that drops the last feature: its loss is I v(p).

    Returns
    -------
    Branch
        Without unknowns: all weights and biases that matter to it have their best values.

    Examples
    --------
    >>> dropped_branch().loss
    -I*p*(3*p - 4)/12
    """
    return Branch("dropped", (), IMPORTANCE * dropped_loss())


def pair_branch(at: Mapping[str, Any], *, name: str = "pair") -> Branch:
    """Return the antipodal pair of weights (u, -v) with importances (1, I), penalty included.

    Parameters
    ----------
    at : mapping of str to Rational
        Values of u, v > 0, b1 and b2 inside the cell.
    name : str
        It is a part of the names of the unknowns, so that several pairs can stand in one system.

    Returns
    -------
    Branch
        Unknowns u, v, b1, b2.

    Raises
    ------
    InputError
        Values that are missing, not exact, not positive (u, v), or on a wall between cells.

    Examples
    --------
    >>> from sympy import Rational
    >>> half = Rational(1, 2)
    >>> branch = pair_branch({"u": 1, "v": half, "b1": half / 10, "b2": half / 4}, name="weak")
    >>> branch.unknowns
    (u_weak, v_weak, b1_weak, b2_weak)
    """
    keys = ("u", "v", "b1", "b2")
    point = read_point(at, keys, "at")
    unknowns = tuple(Symbol(f"{key}_{name}") for key in keys)
    u, v, b1, b2 = unknowns
    gram = Matrix([[u**2, -u * v], [-u * v, v**2]])
    sample = dict(zip(unknowns, point.values(), strict=True))
    loss, conditions = _on_cell(gram, [b1, b2], {0: Integer(1), 1: IMPORTANCE}, sample, (u, v))
    return Branch(name, unknowns, loss + 2 * PENALTY * u**2 * v**2, (), conditions)


def polygon_branch(
    corners: int, at: Mapping[str, Any], *, pieces: int = 1, dropped: int = 0
) -> Branch:
    """Return orthogonal copies of a regular k-gon with equal biases, and some dropped features.

    All importances are 1. k = 2 is the symmetric antipodal pair. Features of norm 1 and bias 0 with
    a dimension of their own can be added, as they cost nothing.

    Parameters
    ----------
    corners : int
        k >= 2.
    at : mapping of str to Rational
        Values of a (squared norm) and b (bias) inside the cell.
    pieces : int
        Number of copies, in orthogonal subspaces.
    dropped : int
        Number of dropped features, with their best bias.

    Returns
    -------
    Branch
        Unknowns a, b; the constant cos(2 pi/k) where it is not rational.

    Raises
    ------
    InputError
        Other numbers, and values that are missing, not exact, not positive (a), or on a wall
        between cells.

    Examples
    --------
    >>> from sympy import Rational
    >>> branch = polygon_branch(3, {"a": 1, "b": Rational(1, 5)}, dropped=2)
    >>> branch.unknowns, branch.constants
    ((a_3, b_3), ())
    """
    read_count(corners, "corners", 2)
    read_count(pieces, "pieces", 1)
    read_count(dropped, "dropped", 0)
    point = read_point(at, ("a", "b"), "at")
    a, b, c = (Symbol(f"{letter}_{corners}") for letter in "abc")
    cosine = cos(2 * pi / corners).rewrite(cos)
    minimal = minimal_polynomial(cosine, c)
    own = locate(cosine, Poly(minimal, c)).narrowed(32)
    cosines = [rem(chebyshevt(j, c), minimal, c) for j in range(corners)]
    gram = Matrix(corners, corners, lambda i, j: a * cosines[abs(i - j)])
    sample = {a: point["a"], b: point["b"], c: QQ.to_sympy(own.lower)}
    output, conditions = _on_cell(gram, [b] * corners, {0: Integer(1)}, sample, (a,))
    constants: tuple[tuple[Symbol, Expr], ...] = ()
    if c in output.free_symbols:
        constants = ((c, minimal),)
        conditions += (c - QQ.to_sympy(own.lower), QQ.to_sympy(own.upper) - c)
    loss = pieces * corners * output + dropped * dropped_loss()
    return Branch(f"{pieces} x {corners}", (a, b), loss, constants, conditions)


def coexistence(
    branches: Sequence[Branch],
    parameters: Sequence[Symbol],
    *,
    fixed: Mapping[Symbol, Any],
    conditions: Sequence[Expr] = (),
    positive: Sequence[Expr] = (),
) -> System:
    """Return the system that says that branches are stationary and have equal losses.

    Its solutions are refused outside the cells of the branches, and where p is not in (0, 1), or I
    or lambda, if solved for, is not positive.

    Parameters
    ----------
    branches : sequence of Branch
        At least two, with different unknowns.
    parameters : sequence of Symbol
        What is solved for among p, I and lambda (and symbols of the conditions): as many as there
        are equalities and conditions.
    fixed : mapping of Symbol to Rational
        The other parameters.
    conditions : sequence of Expr
        Further expressions that vanish.
    positive : sequence of Expr
        Further expressions that are positive.

    Returns
    -------
    System

    Raises
    ------
    InputError
        Fewer than two branches, branches with a common unknown, and other numbers of parameters.

    Examples
    --------
    >>> from sympy import Rational
    >>> at = {"u": 1, "v": Rational(1, 2), "b1": Rational(1, 50), "b2": Rational(1, 20)}
    >>> line = coexistence(
    ...     [dropped_branch(), pair_branch(at)],
    ...     [IMPORTANCE],
    ...     fixed={DENSITY: Rational(1, 10), PENALTY: 0},
    ... )
    >>> line.unknowns
    (u_pair, v_pair, b1_pair, b2_pair, I)
    """
    if len(branches) < 2:
        raise InputError(f"branches has {len(branches)} members; accepted: at least two")
    unknowns: list[Symbol] = []
    equations: list[Expr] = []
    inside: list[Expr] = []
    for branch in branches:
        unknowns += [*branch.unknowns, *(symbol for symbol, _ in branch.constants)]
        equations += branch.equations
        inside += branch.positive
    equations += [branch.loss - branches[0].loss for branch in branches[1:]]
    equations += conditions
    inside += [bound for parameter in parameters for bound in _RANGES.get(parameter, ())]
    inside += positive
    return System(
        [*unknowns, *parameters],
        [equation.subs(fixed) for equation in equations],
        positive=[condition.subs(fixed) for condition in inside],
    )


def _on_cell(
    gram: Matrix,
    biases: Sequence[Symbol],
    importances: Mapping[int, Expr],
    sample: Mapping[Symbol, Any],
    norms: tuple[Symbol, ...],
) -> tuple[Expr, tuple[Expr, ...]]:
    """Return the loss of some outputs on the cell of a sample, and what is positive there."""
    negative = [norm for norm in norms if sample[norm] <= 0]
    if negative:
        raise InputError(f"at has {negative[0]} = {sample[negative[0]]}; accepted: a number > 0")
    cell = Cell.at(gram, biases, sample)
    signed = (
        sign * cell.breakpoints[output, chosen]
        for (output, chosen), sign in cell.signs.items()
        if output in importances
    )
    conditions = dict.fromkeys(e for e in (*norms, *signed) if e.free_symbols)
    loss = sum(
        (
            importance * output_loss_on_cell(output, gram, biases, DENSITY, cell)
            for output, importance in importances.items()
        ),
        Integer(0),
    )
    return loss, tuple(conditions)
