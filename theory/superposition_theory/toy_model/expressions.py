"""Rational expressions in symbols, with real algebraic constants, as elements of one domain."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol, nan, oo, sympify, zoo

from superposition_theory.errors import InputError
from superposition_theory.frames import OrderedField
from superposition_theory.frames.matrices import field_of, read_number

ACCEPTED = (
    "accepted are rational expressions in symbols, with real algebraic numbers as coefficients"
)


def read_expression(value: Any, name: str) -> Any:
    """Return a checked expression: sums, products, integer powers of symbols and exact numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, Expr)):
        raise InputError(f"{name} is of type {type(value).__name__}; {ACCEPTED}")
    expression = sympify(value)
    if expression.has(nan, oo, zoo):
        raise InputError(f"{name} = {expression} is not finite; {ACCEPTED}")
    for constant in _constants(expression, name):
        read_number(constant, name)
    return expression


class Evaluation:
    """The values of expressions in one domain that contains the constants in them.

    Parameters
    ----------
    expressions : sequence of checked expressions
        What will be evaluated; their constants generate the field.
    point : mapping from Symbol to sympy number, optional
        The values of the symbols; without it they stay symbols, and the domain is the fraction
        field in them.

    Examples
    --------
    >>> from sympy import sqrt
    >>> from sympy.abc import a
    >>> Evaluation([a + sqrt(5)]).domain
    QQ<sqrt(5)>(a)
    """

    def __init__(self, expressions: Sequence[Any], point: Mapping[Any, Any] | None = None) -> None:
        symbols = sorted(set().union(*(e.free_symbols for e in expressions)), key=str)
        constants = sorted({c for e in expressions for c in _constants(e, "")}, key=str)
        numbers = constants + ([] if point is None else [point[s] for s in symbols])
        self.field: OrderedField
        self.field, elements = field_of(numbers)
        self.domain = self.field.domain
        if point is None and symbols:
            self.domain = self.domain.frac_field(*symbols)
            elements = [self.domain.convert_from(e, self.field.domain) for e in elements]
            elements += list(self.domain.gens)
        self._values = dict(zip([*constants, *symbols], elements, strict=True))

    def __call__(self, expression: Any) -> Any:
        """Return the value of an expression, an element of the domain."""
        if expression in self._values:
            return self._values[expression]
        if expression.is_Rational:
            return self.domain.from_sympy(expression)
        if expression.is_Pow:
            base = self(expression.base)
            if not base and expression.exp < 0:
                raise InputError(
                    f"{expression} is a division by 0; accepted are expressions and points where "
                    "every denominator is nonzero"
                )
            return base ** int(expression.exp)
        values = [self(argument) for argument in expression.args]
        total = values[0]
        for value in values[1:]:
            total = total + value if expression.is_Add else total * value
        return total

    def expression(self, element: Any) -> Any:
        """Return an element as a sympy expression, its denominator monic over a number field."""
        if self.domain.is_FractionField and self.field.generator is not None:
            scale = self.field.domain.one / element.denom.LC
            numerator, denominator = (
                part.mul_ground(scale).as_expr() for part in (element.numer, element.denom)
            )
            return numerator / denominator
        return self.domain.to_sympy(element)


def _constants(expression: Any, name: str) -> set[Any]:
    """Return the irrational constants of an expression; InputError where it is not rational."""
    if isinstance(expression, Symbol) or expression.is_Rational:
        return set()
    power = expression.is_Pow and expression.exp.is_Integer
    if expression.is_Add or expression.is_Mul or power:
        return set().union(*(_constants(argument, name) for argument in expression.args))
    if expression.is_number:
        return {expression}
    raise InputError(f"{name} contains {expression}; {ACCEPTED}")
