"""Elements of number fields as sympy expressions, and back."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory import InputError
from superposition_theory.schemes import AlgebraicNumber, NumberField, rendering
from superposition_theory.schemes.rendering import from_expression
from superposition_theory.schemes.roots import roots_of
from sympy import I, Rational, cbrt, cos, exp, pi, sqrt
from theory.schemes_samples import LAW

x = sympy.Symbol("x")


def at(coefficients: list[int], value: complex) -> AlgebraicNumber:
    """Return the root of a monic irreducible polynomial near a value."""
    generators = [NumberField(root).generator for root in roots_of(fmpz_poly(coefficients))]
    return min(generators, key=lambda number: abs(approximate(number) - value))


def approximate(number: AlgebraicNumber) -> complex:
    return complex(number.enclosure(200).mid())


GOLDEN = at([-1, -1, 1], 1.6)
OMEGA = at([1, 1, 1], -0.5 + 0.9j)
HEPTAGON = at([-1, -2, 1, 1], 1.25)  # 2 cos(2 pi / 7)
FIFTH = at([1, 1, 1, 1, 1], 0.3 + 0.95j)
EIGHTH = at([1, 0, 0, 0, 1], 0.7 + 0.7j)
FIFTEEN = at([1, 4, -4, -1, 1], 1.83)  # 2 cos(2 pi / 15)


def angle(k: int, n: int) -> Any:
    """Return 2 cos(2 pi k / n), not simplified."""
    return 2 * cos(2 * pi * Rational(k, n), evaluate=False)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (GOLDEN * 0, 0),
        (GOLDEN * 0 + Fraction(-7, 3), Rational(-7, 3)),
        (GOLDEN, (1 + sqrt(5)) / 2),
        (1 - GOLDEN, (1 - sqrt(5)) / 2),
        (3 * GOLDEN / 7, 3 * (1 + sqrt(5)) / 14),
        (OMEGA, (-1 + sqrt(3) * I) / 2),
        (-1 - OMEGA, (-1 - sqrt(3) * I) / 2),
        (OMEGA * 5 + Fraction(1, 2), -2 + 5 * sqrt(3) * I / 2),
        (at([1, 0, 1], 1j), I),
        (HEPTAGON, angle(1, 7)),
        (HEPTAGON**2 - 2, angle(2, 7)),
        (HEPTAGON * 3 / 2 + 4, 4 + 3 * angle(1, 7) / 2),
        (-HEPTAGON, angle(5, 14)),  # a positive factor is preferred
        (at([1, -3, 0, 1], 1.53), angle(1, 9)),
        (at([-1, -3, 0, 1], 1.88), angle(1, 18)),
        (FIFTEEN, angle(1, 15)),
        (FIFTEEN**2 - 2, angle(2, 15)),
        (5 * FIFTEEN - 1, 5 * angle(1, 15) - 1),
        (FIFTH, exp(2 * pi * I / 5)),
        (FIFTH**3, exp(6 * pi * I / 5)),
        (2 * FIFTH / 3, Rational(2, 3) * exp(2 * pi * I / 5)),
        (-FIFTH, exp(7 * pi * I / 5)),  # -zeta_5 has order 10
        (EIGHTH, exp(pi * I / 4)),
        (EIGHTH**3, exp(3 * pi * I / 4)),
        (EIGHTH**5 * 2, 2 * exp(5 * pi * I / 4)),
        (at([1, 0, 0, 1, 0, 0, 1], 0.77 + 0.64j), exp(2 * pi * I / 9)),
        (at([-2, 0, 0, 1], 1.26), sympy.CRootOf(x**3 - 2, 0)),  # variance zero
        (at([-2, 0, 0, 1], -0.63 - 1.1j), sympy.CRootOf(x**3 - 2, 1)),
        (at([-2, 0, 0, 1], -0.63 + 1.1j), sympy.CRootOf(x**3 - 2, 2)),
        (at([-2, 0, 0, 0, 1], 1.19), sympy.CRootOf(x**4 - 2, 1)),
        (at([1, -4, 0, 1], 1.86), sympy.CRootOf(x**3 - 4 * x + 1, 2)),  # real, not cyclic
        (at([1, -4, 0, 1], -2.1) / 2, sympy.CRootOf(8 * x**3 - 8 * x + 1, 0)),
        (at([-1, -4, -1, 1], -1.4), sympy.CRootOf(x**3 - x**2 - 4 * x - 1, 0)),  # discriminant 169
        (at([1, 0, -10, 0, 1], 3.15), sympy.CRootOf(x**4 - 10 * x**2 + 1, 3)),
    ],
)
def test_expressions_by_hand(number: AlgebraicNumber, expected: Any) -> None:
    found = number.as_expr()
    assert abs(complex(found.n(30)) - approximate(number)) < 1e-14
    other = sympy.sympify(expected)
    assert abs(complex((found - other).n(40))) < 1e-14
    # the form, not only the value
    for kind in (cos, sympy.CRootOf, exp):
        assert found.has(kind) == other.has(kind)
    assert found.atoms(sympy.CRootOf) == other.atoms(sympy.CRootOf)


def test_cosines_stay_as_they_are() -> None:
    """Sympy would turn 2 cos(2 pi / 15) into radicals."""
    assert str(FIFTEEN.as_expr()) == "2*cos(2*pi/15)"
    assert str(HEPTAGON.as_expr()) == "2*cos(2*pi/7)"
    assert str((-HEPTAGON).as_expr()) == "2*cos(5*pi/7)"
    assert str(at([2, 0, -4, 0, 1], 1.85).as_expr()) == "2*cos(pi/8)"


@LAW
@given(
    st.sampled_from([GOLDEN, OMEGA, HEPTAGON, HEPTAGON**2, FIFTEEN, FIFTH, FIFTH**3, EIGHTH]),
    st.fractions(-3, 3, max_denominator=4),
    st.fractions(-3, 3, max_denominator=4),
)
def test_expressions_have_the_value(
    generator: AlgebraicNumber, shift: Fraction, factor: Fraction
) -> None:
    """Multiples of roots of unity, and all of a + b t for real and for quadratic t."""
    shifted = generator.field.degree == 2 or generator.is_real
    number = generator * factor + (shift if shifted else 0)
    found = number.as_expr()
    assert abs(complex(sympy.N(found, 30)) - approximate(number)) < 1e-13
    assert not found.has(sympy.CRootOf)


@pytest.mark.parametrize("conductor", [5, 7, 8, 9, 11, 12, 15, 16, 20, 24, 60])
def test_all_roots_of_unity_and_cosines(conductor: int) -> None:
    """Each root of the polynomial is rendered as the root that it is."""
    for polynomial in (fmpz_poly.cyclotomic(conductor), fmpz_poly.cos_minpoly(conductor)):
        for root in roots_of(polynomial):
            found = NumberField(root).generator.as_expr()
            assert abs(complex(sympy.N(found, 30)) - complex(root.ball.mid())) < 1e-14
            assert not found.has(sympy.CRootOf)


@pytest.mark.parametrize(
    ("expression", "minimal"),
    [
        (3, [-3, 1]),
        (0, [0, 1]),
        (Fraction(-2, 5), [2, 5]),
        (Rational(7, 3), [-7, 3]),
        ((1 + sqrt(5)) / 2, [-1, -1, 1]),
        ((1 - sqrt(5)) / 6, [-1, -3, 9]),
        (sqrt(2) + sqrt(3), [1, 0, -10, 0, 1]),
        (-sqrt(2) + sqrt(3), [1, 0, -10, 0, 1]),
        (sqrt(2) - sqrt(3), [1, 0, -10, 0, 1]),
        (-sqrt(2) - sqrt(3), [1, 0, -10, 0, 1]),
        (cbrt(2), [-2, 0, 0, 1]),
        (2 * cos(2 * pi / 7), [-1, -2, 1, 1]),
        (2 * cos(4 * pi / 7), [-1, -2, 1, 1]),
        (cos(6 * pi / 7), [-1, -4, 4, 8]),
    ],
)
def test_from_expression(expression: Any, minimal: list[int]) -> None:
    number = from_expression(expression)
    assert list(map(int, number.minimal_polynomial().coeffs())) == minimal
    value = complex(sympy.N(sympy.sympify(expression), 30))
    assert abs(approximate(number) - value) < 1e-14
    assert number.is_real if len(minimal) < 4 else True
    assert abs(complex(sympy.N(number.as_expr(), 30)) - value) < 1e-14


@pytest.mark.parametrize("number", [I, sympy.pi, 0.5, "1", None, x])
def test_what_is_not_real_and_algebraic(number: Any) -> None:
    with pytest.raises(InputError, match="number"):
        from_expression(number)


@pytest.mark.parametrize(
    ("value", "degree", "root"),
    [(1, 5, 1), (8, 3, 2), (9, 2, 3), (10, 2, None), (2, 4, None), (7**12, 4, 343), (31, 5, None)],
)
def test_roots_of_integers(value: int, degree: int, root: int | None) -> None:
    assert rendering._power_root(value, degree) == root


def test_candidates_that_cannot_be_told_apart() -> None:
    ball = GOLDEN.enclosure(128)
    for candidates, count in (([], 0), ([(1, ball), (2, ball)], 2)):
        with pytest.raises(ArithmeticError, match=f"^<a> meets {count} of the candidates$"):
            rendering._index(GOLDEN, candidates)
    assert rendering._index(GOLDEN, [(1, ball), (2, OMEGA.enclosure(128))]) == 1


def test_conductors() -> None:
    """Those of totient 2, 4 and 6."""
    assert rendering._conductors(2) == (3, 4, 6)
    assert rendering._conductors(4) == (5, 8, 10, 12)
    assert rendering._conductors(6) == (7, 9, 14, 18)


def test_root_of_a_cubic_with_content() -> None:
    """A numbered root comes back from sympy as a multiple of another one."""
    number = NumberField(roots_of(fmpz_poly([8, -16, 2, 1]))[0]).generator
    shown = number.as_expr()
    assert abs((x**3 + 2 * x**2 - 16 * x + 8).subs(x, shown).n(30)) < Rational(1, 10**25)
    assert -6 < shown.n(10) < -5  # the roots are near -5.3, 0.5 and 2.8
    assert from_expression(shown) == number
