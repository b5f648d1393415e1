"""Polynomial systems with isolated real solutions, solved in exact rationals to any precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import QQ, Expr, Float, Rational, Symbol
from sympy.polys.fields import field
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count

from .reading import read_point

_MOST_STEPS = 30
_SUPERLINEAR = 1000
_GUARD_BITS = 120
_NOISE_BITS = 20


@dataclass(frozen=True)
class Solution:
    """A rational point close to a solution of a system, with its exact residual.

    Parameters
    ----------
    values : mapping of str to Rational
        The unknowns by name.
    residual : Rational
        The largest absolute value of an equation at the point, exactly.
    step : Rational
        The largest change of an unknown in the last Newton step: its square is the order of the
        error.

    Examples
    --------
    >>> from sympy import symbols
    >>> x, y = symbols("x y")
    >>> System((x, y), (x**2 + y**2 - 1, x - y)).solve({x: 1, y: 1}, digits=10).step < 10**-12
    True
    """

    values: Mapping[str, Rational]
    residual: Rational
    step: Rational

    def __getitem__(self, unknown: str | Symbol) -> Rational:
        """Return the value of an unknown."""
        name = str(unknown)
        if name not in self.values:
            raise InputError(
                f"unknown is {name!r}; accepted: one of the unknowns {', '.join(self.values)}"
            )
        return self.values[name]


class System:
    """As many equations as unknowns, rational functions over the rationals, on an open set.

    Parameters
    ----------
    unknowns : sequence of Symbol
    equations : sequence of Expr
        As many as unknowns, rational functions of them with rational coefficients. An equation
        stands for the vanishing of its numerator in lowest terms.
    positive : sequence of Expr
        Rational functions of the unknowns that are positive where the equations are valid.

    Raises
    ------
    InputError
        No unknowns, an unknown twice, other numbers of equations and unknowns, or an equation or
        condition that is not a rational function of the unknowns over the rationals.

    Examples
    --------
    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> System((x,), (x**2 - 2,), positive=(x,)).solve({x: 1}, digits=20)[x].round(12)
    1.414213562373
    """

    def __init__(
        self,
        unknowns: Sequence[Symbol],
        equations: Sequence[Expr],
        *,
        positive: Sequence[Expr] = (),
    ) -> None:
        _check_members("unknowns", unknowns, Symbol)
        _check_members("equations", equations, Expr)
        _check_members("positive", positive, Expr)
        if not unknowns:
            raise InputError("unknowns is empty; accepted: at least one Symbol")
        if len(unknowns) != len(equations):
            raise InputError(
                f"equations has {len(equations)} members for {len(unknowns)} unknowns; accepted: "
                "as many equations as unknowns"
            )
        if len(set(unknowns)) != len(unknowns):
            raise InputError(
                f"unknowns are {', '.join(map(str, unknowns))}; accepted: different symbols"
            )
        for name, functions in (("equations", equations), ("positive", positive)):
            extra = set().union(*(f.free_symbols for f in functions)) - set(unknowns)
            if extra:
                raise InputError(
                    f"{name} has the symbols {', '.join(sorted(map(str, extra)))}; accepted: the "
                    "unknowns only"
                )
        self.unknowns = tuple(unknowns)
        self.positive = tuple(positive)
        functions = field(list(unknowns), QQ)[0]
        self._equations = _elements(functions, equations, "equations")
        self._positive = _elements(functions, positive, "positive")
        self._jacobian = [
            [equation.numer.diff(x) for x in functions.ring.gens] for equation in self._equations
        ]

    def solve(self, start: Mapping[Symbol, Any], *, digits: int = 20) -> Solution:
        """Return the solution next to a starting point, by Newton's method in exact rationals.

        Parameters
        ----------
        start : mapping of Symbol to int, Fraction or Rational
            One value for each unknown, near a regular solution.
        digits : int
            Decimal digits of the unknowns after the point.

        Returns
        -------
        Solution
            A rational point at which the last step was below 10^-digits and a small part of the
            one before it (Newton's method converges faster than linearly to a regular solution
            only). Its coordinates are multiples of a power of two below 10^-(2 digits).

        Raises
        ------
        InputError
            If an unknown has no start; if the steps do not shrink like this, because the start is
            too far or the solution is not regular; or if a condition of `positive` does not hold
            at the solution with a margin of 10^-digits, so that the equations are not valid there.

        Examples
        --------
        >>> from sympy import Symbol
        >>> x = Symbol("x")
        >>> System((x,), (x**2 - 2,), positive=(x,)).solve({x: -1})
        Traceback (most recent call last):
        ...
        superposition_theory.errors.InputError: start leads to a solution where x is not positive,
        outside the cell of the equations; accepted: a point near a solution inside
        """
        values = read_point(start, self.unknowns, "start")
        scale = 1 << (7 * read_count(digits, "digits", 1) + _GUARD_BITS)
        point = [QQ.from_sympy(values[x]) for x in self.unknowns]
        goal = QQ(1, 10**digits)
        before = QQ.zero
        for _ in range(_MOST_STEPS):
            change = self._newton_step(point)
            point = [_rounded(x - d, scale) for x, d in zip(point, change, strict=True)]
            largest = max(abs(d) for d in change)
            # Steps that halve do not get down to rounding errors in so few of them.
            rounding = largest * scale < 1 << _NOISE_BITS
            fast = _SUPERLINEAR * largest <= before or rounding
            if largest < goal and fast:
                self._check_conditions(point, goal)
                return self._solution(point, largest)
            before = largest
        raise InputError(
            f"start {_listed(values)} does not lead to a regular solution; accepted: a point "
            "nearer to one"
        )

    def _newton_step(self, point: list[Any]) -> list[Any]:
        """Return what Newton's method subtracts."""
        size = len(point)
        jacobian = [[entry(*point) for entry in row] for row in self._jacobian]
        values = [[equation.numer(*point)] for equation in self._equations]
        try:
            step = DomainMatrix(jacobian, (size, size), QQ).lu_solve(
                DomainMatrix(values, (size, 1), QQ)
            )
        except DMNonInvertibleMatrixError as error:
            raise InputError(
                "start leads to a point where the equations are not independent; accepted: a "
                "point near a regular solution"
            ) from error
        return [row[0] for row in step.to_list()]

    def _check_conditions(self, point: list[Any], margin: Any) -> None:
        """Refuse a point outside the set on which the equations are valid."""
        for condition, function in zip(self.positive, self._positive, strict=True):
            below = function.denom(*point)
            if not below or function.numer(*point) / below <= margin:
                raise InputError(
                    f"start leads to a solution where {condition} is not positive, outside the "
                    f"cell of the equations; accepted: a point near a solution inside"
                )

    def _solution(self, point: list[Any], step: Any) -> Solution:
        """Return the point with the largest residual of the equations themselves."""
        below = [equation.denom(*point) for equation in self._equations]
        if not all(below):
            raise InputError(
                "start leads to a point where an equation divides by zero; accepted: a point near "
                "a regular solution"
            )
        residual = max(
            abs(equation.numer(*point) / d)
            for equation, d in zip(self._equations, below, strict=True)
        )
        values = {str(x): QQ.to_sympy(v) for x, v in zip(self.unknowns, point, strict=True)}
        return Solution(values, QQ.to_sympy(residual), QQ.to_sympy(step))


def _check_members(name: str, members: Any, kind: type) -> None:
    """Refuse what is not a list or tuple of sympy objects of a kind."""
    if not isinstance(members, (list, tuple)):
        raise InputError(
            f"{name} is of type {type(members).__name__}; accepted: a list or tuple of sympy "
            f"{kind.__name__}"
        )
    for i, member in enumerate(members):
        if not isinstance(member, kind):
            raise InputError(f"{name}[{i}] is {member!r}; accepted: a sympy {kind.__name__}")


def _elements(functions: Any, expressions: Sequence[Expr], name: str) -> list[Any]:
    """Return expressions as elements of a field of rational functions."""
    found = []
    for i, expression in enumerate(expressions):
        try:
            if expression.has(Float):
                raise ValueError(f"{expression} holds a float")
            found.append(functions.from_expr(expression))
        except ValueError as error:
            raise InputError(
                f"{name}[{i}] is {expression}; accepted: rational functions of the unknowns with "
                "rational coefficients"
            ) from error
    return found


def _rounded(number: Any, scale: int) -> Any:
    """Return the multiple of 1/scale next to a rational."""
    return QQ(
        (2 * number.numerator * scale + number.denominator) // (2 * number.denominator), scale
    )


def _listed(values: Mapping[Any, Rational]) -> str:
    """Return names and values in one line."""
    return ", ".join(f"{name} = {value}" for name, value in values.items())
