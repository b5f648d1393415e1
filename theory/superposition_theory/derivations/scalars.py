"""Exact commuting scalars: rational functions of named real symbols.

Every number is rational, every symbol stands for a real number, and two scalars are equal when
their difference cancels to zero. A denominator is harmless only where it is known not to vanish,
so `denominator_factors` lists what must be nonzero.
"""

from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import sympy

from superposition_theory.errors import InputError

Scalar: TypeAlias = sympy.Expr
ScalarLike: TypeAlias = sympy.Expr | Fraction | int

EXPECTATION = sympy.Function("E")
"""The unevaluated expectation; `Expectation.expand` writes it in moments."""


def symbol(name: str) -> Scalar:
    """Return the real scalar with this name.

    Parameters
    ----------
    name : str
        Name of the scalar. The name of a dimension denotes the size of that dimension.

    Returns
    -------
    sympy.Symbol
        A symbol without assumptions; signs are hypotheses of a derivation.

    Examples
    --------
    >>> symbol("kappa") / symbol("kappa")
    1
    """
    return sympy.Symbol(name)


def as_expression(value: ScalarLike, argument: str) -> Scalar:
    """Return `value` as an expression, refusing all that is not exact and rational.

    Parameters
    ----------
    value : int, Fraction or sympy expression
        Sums, products and integer powers of rationals, symbols and unevaluated expectations.
    argument : str
        Name of the argument, for the message of an error.

    Returns
    -------
    sympy.Expr
        The expression, not simplified.

    Raises
    ------
    InputError
        If a float, a root, a transcendental function or a symbol with assumptions occurs.

    Examples
    --------
    >>> as_expression(Fraction(1, 3), "weight")
    1/3
    >>> as_expression(sympy.sqrt(2), "weight")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    superposition_theory.errors.InputError: weight contains sqrt(2); accepted: rational ...
    """
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, sympy.Expr)):
        raise InputError(
            f"{argument} is {value!r} ({type(value).__name__}); "
            "accepted: int, Fraction or a sympy expression"
        )
    expression = sympy.sympify(value)
    _require_rational(expression, argument)
    return expression


def _require_rational(node: Scalar, argument: str) -> None:
    """Raise unless the tree is built from rationals, plain symbols, + and * and integer powers."""
    if isinstance(node, sympy.Rational) or (node.is_Symbol and node == sympy.Symbol(node.name)):
        return
    integer_power = node.is_Pow and isinstance(node.exp, sympy.Integer)
    expectation = node.func == EXPECTATION and len(node.args) == 1
    if node.is_Add or node.is_Mul or integer_power or expectation:
        for child in node.args:
            _require_rational(child, argument)
        return
    raise InputError(
        f"{argument} contains {node!r}; accepted: rational functions with rational coefficients "
        "of symbols without assumptions, and E of one argument"
    )


@lru_cache(maxsize=8192)
def _cancelled(expression: Scalar) -> Scalar:
    """Return the cancelled quotient of a rational function."""
    return sympy.cancel(expression)


def normal_scalar(value: ScalarLike, argument: str = "scalar") -> Scalar:
    """Return the cancelled quotient of a rational function of the symbols.

    Parameters
    ----------
    value : int, Fraction or sympy expression
        The scalar.
    argument : str
        Name of the argument, for the message of an error.

    Returns
    -------
    sympy.Expr
        A quotient in lowest terms; it is 0 exactly when the rational function is zero.

    Raises
    ------
    InputError
        If the scalar is not an exact rational function.

    Examples
    --------
    >>> x = symbol("x")
    >>> normal_scalar((x**2 - 1) / (x - 1) - x)
    1
    """
    expression = as_expression(value, argument)
    return expression if isinstance(expression, sympy.Rational) else _cancelled(expression)


@lru_cache(maxsize=8192)
def factors(expression: Scalar) -> frozenset[Scalar]:
    """Return the irreducible factors of a polynomial, each up to a rational factor.

    Parameters
    ----------
    expression : sympy.Expr
        A polynomial with rational coefficients.

    Returns
    -------
    frozenset of sympy.Expr
        Irreducible, primitive, with positive leading coefficient; empty for a nonzero constant.

    Examples
    --------
    >>> x, y = symbol("x"), symbol("y")
    >>> factors(2 * y**2 - 2 * x * y) == {y, x - y}
    True
    """
    if not expression.free_symbols:
        return frozenset({sympy.Integer(0)}) if expression == 0 else frozenset()
    _, found = sympy.factor_list(expression)
    return frozenset(
        sympy.expand(factor if sympy.Poly(factor).LC() > 0 else -factor) for factor, _ in found
    )


@lru_cache(maxsize=8192)
def denominator_factors(expression: Scalar) -> frozenset[Scalar]:
    """Return the irreducible factors of everything the expression divides by, as it is written.

    Parameters
    ----------
    expression : sympy.Expr
        A rational function.

    Returns
    -------
    frozenset of sympy.Expr
        What must not vanish for the expression to be defined as it is written.

    Examples
    --------
    >>> x, y = symbol("x"), symbol("y")
    >>> denominator_factors(1 / (2 * x) + x / (y - x)) == {x, x - y}
    True
    >>> denominator_factors((x + y) * (1 / x + 1 / y) * x * y) == {x, y}
    True
    """
    divisors = (node.base for node in expression.atoms(sympy.Pow) if node.exp.is_negative)
    return frozenset(factor for divisor in divisors for factor in numerator_factors(divisor))


def numerator_factors(expression: Scalar) -> frozenset[Scalar]:
    """Return the irreducible factors of the numerator of a rational function.

    Parameters
    ----------
    expression : sympy.Expr
        A rational function. If it is nonzero at a point, so is each of these factors.

    Returns
    -------
    frozenset of sympy.Expr
        Irreducible factors of the numerator in lowest terms.

    Examples
    --------
    >>> x, y = symbol("x"), symbol("y")
    >>> numerator_factors(x / y) == {x}
    True
    """
    return factors(sympy.fraction(_cancelled(expression))[0])
