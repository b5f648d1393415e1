"""Real algebraic numbers: isolation, order, and the order of number fields."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.frames import OrderedField, RealRoot, compare_roots, isolate_real_roots
from superposition_theory.frames.matrices import field_of
from sympy import QQ, Poly, Rational, Symbol, cos, pi, sqrt

x = Symbol("x")


def roots(expression: Any) -> tuple[RealRoot, ...]:
    return isolate_real_roots(Poly(expression, x))


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        (x - 3, [3.0]),  # rational: a point
        (3 * x + 2, [-2 / 3]),  # not monic
        (x**2 - 2, [-(2**0.5), 2**0.5]),
        (x**3 - 2, [2 ** (1 / 3)]),  # complex roots are left out
        (x**2 + 1, []),
        (8 * x**3 - 6 * x - 1, [-0.7660444431, -0.1736481777, 0.9396926208]),
    ],
)
def test_isolated_roots_are_the_real_ones_in_order(expression: Any, values: list[float]) -> None:
    found = roots(expression)
    assert [root.index for root in found] == list(range(len(values)))
    for root, value in zip(found, values, strict=True):
        narrow = root.narrowed(40)
        assert narrow.upper - narrow.lower <= QQ(1, 2**40)
        assert abs(float(narrow.lower) - value) < 1e-9
        assert narrow.minimal.LC() == 1
        assert narrow.index == root.index


def test_rational_root_is_a_point_and_stays_one() -> None:
    (root,) = roots(2 * x - 3)
    assert (root.lower, root.upper) == (QQ(3, 2), QQ(3, 2))
    assert root.halved() is root


def test_halving_keeps_the_root_and_halves_the_interval() -> None:
    for root in roots(x**2 - 7):
        smaller = root
        for _ in range(12):
            width = smaller.upper - smaller.lower
            smaller = smaller.halved()
            assert smaller.upper - smaller.lower == width / 2
            assert (smaller.lower**2 - 7) * (smaller.upper**2 - 7) < 0


def test_narrowing_stops_at_the_first_interval_that_is_narrow_enough() -> None:
    root = RealRoot(Poly(x**2 - 2, x, domain=QQ), 1, QQ(1), QQ(2))
    assert root.narrowed(0) is root
    assert root.narrowed(1) == root.halved()
    assert root.halved() == RealRoot(root.minimal, 1, QQ(1), QQ(3, 2))
    assert root.halved().halved() == RealRoot(root.minimal, 1, QQ(5, 4), QQ(3, 2))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((x**2 - 2, 1), (x**2 - 2, 1), 0),  # the same number
        ((x**2 - 2, 0), (x**2 - 2, 1), -1),
        ((x**2 - 2, 1), (x**2 - 2, 0), 1),
        ((x**2 - 2, 1), (5 * x - 7, 0), 1),  # sqrt(2) and 1.4
        ((x**2 - 2, 1), (100000000 * x - 141421357, 0), -1),  # just above sqrt(2)
        ((x**2 - 2, 1), (x**2 - 3, 1), -1),
        ((x**2 - 2, 0), (x**2 - 3, 0), 1),
        ((x - 1, 0), (x - 2, 0), -1),
        ((x - 2, 0), (x - 1, 0), 1),
        ((x**3 - x - 1, 0), (x**2 - 2, 0), 1),
    ],
)
def test_comparison(first: Any, second: Any, expected: int) -> None:
    one, other = (roots(expression)[index] for expression, index in (first, second))
    assert compare_roots(one, other) == expected
    assert compare_roots(other, one) == -expected
    assert compare_roots(one.narrowed(30), other) == expected


@pytest.mark.parametrize(
    ("number", "sign"),
    [
        (3 - 2 * sqrt(2), 1),  # the leading coefficient is negative
        (2 * sqrt(2) - 3, -1),
        (sqrt(2) - sqrt(2), 0),
        (Rational(-1, 3) + 0 * sqrt(2), -1),
        (665857 - 470832 * sqrt(2), 1),  # 7.5e-7
        (886731088897 - 627013566048 * sqrt(2), 1),  # 5.6e-13
        (-((577 - 408 * sqrt(2)) ** 9), -1),  # about 1e-27: finer than the first interval
    ],
)
def test_sign_in_a_quadratic_field(number: Any, sign: int) -> None:
    field, (_, element) = field_of([sqrt(2), number.expand()])
    assert field.sign(element) == sign
    assert field.sign(-element) == -sign


def test_sign_follows_the_chosen_conjugate() -> None:
    domain = QQ.algebraic_field(sqrt(5))
    minus, plus = (OrderedField(domain, root) for root in roots(x**2 - 5))
    root_five = domain.from_sympy(sqrt(5))
    assert (minus.sign(root_five), plus.sign(root_five)) == (-1, 1)


@pytest.mark.parametrize(
    ("value", "sign"), [(Fraction(1, 7), 1), (Fraction(-1, 7), -1), (Fraction(0), 0)]
)
def test_sign_of_rationals(value: Fraction, sign: int) -> None:
    assert OrderedField(QQ).sign(QQ(value.numerator, value.denominator)) == sign


@given(st.integers(-40, 40), st.integers(-40, 40), st.integers(-40, 40))
@settings(max_examples=60)
def test_sign_in_a_cubic_field_against_floats(a: int, b: int, c: int) -> None:
    field, elements = field_of([2 * cos(2 * pi / 7), 4 * cos(2 * pi / 7) ** 2])
    element = field.domain.convert(a) + b * elements[0] + c * elements[1]
    theta = 2 * 0.6234898018587336
    value = a + b * theta + c * theta**2
    # the norm is a nonzero integer unless a = b = c = 0, and the conjugates are below 250
    assert field.sign(element) == ((value > 1e-6) - (value < -1e-6))


def test_largest() -> None:
    field, elements = field_of([sqrt(2), Rational(7, 5), Rational(3, 2) - sqrt(2) / 10])
    assert field.to_sympy(field.largest(elements)) == sqrt(2)
    assert field.to_sympy(field.largest(reversed(elements))) == sqrt(2)
    assert field.largest([]) == field.domain.zero
    assert field.largest([-elements[0]]) == field.domain.zero


@pytest.mark.parametrize(
    ("generators", "number", "expected"),
    [
        ([Rational(1)], Rational(9, 4), Rational(3, 2)),
        ([Rational(1)], Rational(2), sqrt(2)),  # outside the field
        ([Rational(1)], Rational(0), 0),
        ([sqrt(5)], (3 + sqrt(5)) / 8, (1 + sqrt(5)) / 4),  # denested, the positive root
        ([sqrt(5)], (3 - sqrt(5)) / 8, (sqrt(5) - 1) / 4),
        ([sqrt(5)], sqrt(5), 5 ** Rational(1, 4)),
        ([sqrt(2)], Rational(2), sqrt(2)),
    ],
)
def test_square_root(generators: list[Any], number: Any, expected: Any) -> None:
    field, elements = field_of([*generators, number.expand()])
    assert (field.square_root(elements[-1]) - expected).expand() == 0


def test_real_roots_over_a_field_leave_the_conjugate_polynomial_out() -> None:
    field, (root_two,) = field_of([sqrt(2)])
    domain = field.domain
    linear = Poly.from_list([domain.one, -(root_two + 2)], x, domain=domain)
    conjugate = Poly.from_list([domain.one, root_two - 2], x, domain=domain)
    ((larger,), (smaller,)) = (field.real_roots(p) for p in (linear, conjugate))
    assert larger.minimal == smaller.minimal
    assert (smaller.index, larger.index) == (0, 1)
    assert compare_roots(smaller, larger) == -1
    rational = Poly.from_list([domain.one, domain.convert(-3)], x, domain=domain)
    (three,) = field.real_roots(rational)
    assert three.lower == three.upper == 3


def test_real_roots_of_a_cubic_over_a_field() -> None:
    field, (root_two,) = field_of([sqrt(2)])
    domain = field.domain
    falling = [domain.one, domain.zero, domain.convert(-4), -root_two]
    cubic = Poly.from_list(falling, x, domain=domain)
    assert cubic.is_irreducible
    found = [root.narrowed(30) for root in field.real_roots(cubic)]
    expected = sorted(np.roots([1, 0, -4, -(2**0.5)]).real)
    assert [float(root.lower) for root in found] == pytest.approx(expected)
    assert all(compare_roots(a, b) == -1 for a, b in pairwise(found))
