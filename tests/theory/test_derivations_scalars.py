"""Scalars: what is accepted, normal forms, and what must not vanish."""

from fractions import Fraction

import pytest
import sympy
from superposition_theory.derivations.scalars import (
    EXPECTATION,
    as_expression,
    denominator_factors,
    factors,
    normal_scalar,
    numerator_factors,
    symbol,
)
from superposition_theory.errors import InputError

x, y = symbol("x"), symbol("y")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.5, r"weight is 1\.5 \(float\)"),
        (True, r"weight is True \(bool\)"),
        ("x", r"weight is 'x' \(str\)"),
        (sympy.Float("0.5"), "weight contains"),
        (sympy.sqrt(2), "weight contains sqrt"),
        (sympy.sqrt(x), "weight contains sqrt"),
        (sympy.pi * x, "weight contains pi"),
        (sympy.I, "weight contains I"),
        (x**y, "weight contains"),
        (sympy.exp(x), "weight contains exp"),
        (sympy.zoo, "weight contains zoo"),
        (sympy.nan, "weight contains nan"),
        (sympy.Symbol("x", positive=True), "symbols without assumptions"),
        (EXPECTATION(sympy.sqrt(x)), "weight contains sqrt"),
    ],
)
def test_only_exact_rational_functions_are_accepted(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_expression(value, "weight")


@pytest.mark.parametrize(
    "value", [3, Fraction(-2, 7), sympy.Rational(1, 3), x / y**2 - 1, EXPECTATION(1 / x) * y]
)
def test_rational_functions_pass_unchanged(value: object) -> None:
    assert as_expression(value, "weight") == sympy.sympify(value)


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ((x**2 - y**2) / (x - y) - x - y, 0),
        (1 / (1 / x + 1 / y) - x * y / (x + y), 0),
        ((x + 1) ** 2 - x**2 - 2 * x, 1),
        (Fraction(2, 4), sympy.Rational(1, 2)),
    ],
)
def test_normal_scalar_cancels(value: object, normal: object) -> None:
    assert normal_scalar(value) == normal


def test_normal_scalar_names_the_argument() -> None:
    with pytest.raises(InputError, match=r"^coefficient contains"):
        normal_scalar(sympy.sqrt(2), "coefficient")
    with pytest.raises(InputError, match=r"^scalar contains"):
        normal_scalar(sympy.sqrt(2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (x**3 * (y - x), {x, x - y}),
        (sympy.Integer(5), set()),
        (sympy.Integer(0), {0}),
        (x**2 - 2 * x * y + y**2, {x - y}),
        (x**2 + y**2, {x**2 + y**2}),
    ],
)
def test_factors_are_irreducible_with_one_sign(value: sympy.Expr, expected: set[object]) -> None:
    assert factors(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (x + y, set()),
        (x * (1 / x + y), {x}),  # defined only where x is not 0, though it expands
        (1 / (1 / x - 1 / y), {x, y, x - y}),
        (y / (2 * x - 2), {x - 1}),
        (x**-3, {x}),
    ],
)
def test_denominators_are_read_before_cancelling(value: sympy.Expr, expected: set[object]) -> None:
    assert denominator_factors(value) == expected


def test_numerator_factors_are_in_lowest_terms() -> None:
    assert numerator_factors((x**2 - y**2) / (x * (x - y))) == {x + y}
