"""Functions of several variables, with enclosures of their derivatives on boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, runtime_checkable

from .intervals import Enclosure, Value
from .jets import Jet, variables


class Differentiable(Protocol):
    """A real function that can be enclosed on boxes, with its first derivatives.

    Where the function may be undefined on a box, its value must hold every real number, and so
    must its derivatives in the variables on which that depends.

    Examples
    --------
    >>> from superposition_numerics.certify import Differentiable, Fixed, Formula
    >>> function: Differentiable = Formula(lambda x: x[0] ** 2)
    >>> [part.bounds()[1] > 0 for part in function.gradient(Fixed(64).point([-1]))]
    [False]
    """

    def value(self, x: Sequence[Value]) -> Any:
        """Return an enclosure of all values on a box."""

    def gradient(self, x: Sequence[Value]) -> list[Any]:
        """Return enclosures of all (Clarke) partial derivatives on a box."""


@runtime_checkable
class Function(Differentiable, Protocol):
    """A real function that can be enclosed on boxes, with first and second derivatives.

    Examples
    --------
    >>> from superposition_numerics.certify import Fixed, Formula, Function
    >>> function: Function = Formula(lambda x: x[0] * x[1])
    >>> [part.bounds()[1] > 0 for part in function.gradient(Fixed(64).point([1, -1]))]
    [False, True]
    """

    def hessian(self, x: Sequence[Value]) -> list[list[Any]]:
        """Return enclosures of all second derivatives on a box; row i holds columns j <= i."""


@dataclass(frozen=True)
class Formula:
    """A function by its formula, differentiated automatically.

    Parameters
    ----------
    formula : callable
        Sequence of d values -> value. It uses + - * / and ** with integers, fractions and
        `Enclosure` as constants, and the methods cos, sin, sqrt and positive_part; the same formula
        then works in every arithmetic. Give a function defined in a module, so that it can be
        sent to another process.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Fixed, Formula
    >>> square = Formula(lambda x: x[0] ** 2 + x[1])
    >>> at = Fixed(64).point([Fraction(1, 2), Fraction(1)])
    >>> [part.bounds()[0] > 0.99 for part in square.gradient(at)]
    [True, True]
    """

    formula: Callable[[Sequence[Any]], Any]

    def value(self, x: Sequence[Value]) -> Any:
        """Return an enclosure of all values on a box."""
        return lifted(self.formula(x), x)

    def gradient(self, x: Sequence[Value]) -> list[Any]:
        """Return enclosures of the partial derivatives on a box."""
        return [lifted(part, x) for part in self._jet(x, 1).gradient]

    def hessian(self, x: Sequence[Value]) -> list[list[Any]]:
        """Return enclosures of the second derivatives on a box."""
        return [[lifted(part, x) for part in row] for row in self._jet(x, 2).hessian or []]

    def _jet(self, x: Sequence[Value], order: int) -> Jet:
        inputs = variables(x, order)
        result = self.formula(inputs)
        return result if isinstance(result, Jet) else inputs[0] * 0 + result


def lifted(part: Any, x: Sequence[Value]) -> Any:
    """Return a part of a jet as a value of the box, where it is a constant."""
    return x[0] * 0 + part if isinstance(part, int | Fraction | Enclosure) else part
