"""Which root of its minimal polynomial a sympy expression is."""

import math
from typing import Any

import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames.algebraic import VARIABLE, RealRoot
from superposition_theory.frames.enclosure import _is_negative, locate, read_real_algebraic
from sympy import (
    QQ,
    Add,
    CRootOf,
    I,
    Mul,
    Poly,
    Pow,
    Rational,
    Symbol,
    cos,
    exp,
    minimal_polynomial,
    pi,
    sin,
    sqrt,
    tan,
)

x = Symbol("x")
CUBIC = x**3 - 3 * x + 1  # roots 2 cos(2 pi k/9)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (sqrt(2), 2**0.5),
        (-sqrt(2), -(2**0.5)),
        (1 - sqrt(2), 1 - 2**0.5),
        (Pow(2, Rational(1, 3)), 2 ** (1 / 3)),
        (Pow(2, Rational(-2, 3)), 2 ** (-2 / 3)),
        (Pow(Rational(3, 7), Rational(2, 5)), (3 / 7) ** 0.4),
        (sqrt(2 + sqrt(2)), (2 + 2**0.5) ** 0.5),
        (sqrt(2 - sqrt(2)), (2 - 2**0.5) ** 0.5),
        (-sqrt(2 - sqrt(2)), -((2 - 2**0.5) ** 0.5)),
        (1 / (1 - sqrt(2) - sqrt(3)), 1 / (1 - 2**0.5 - 3**0.5)),
        (1 / (sqrt(7) - sqrt(6) - Rational(1, 5)), 1 / (7**0.5 - 6**0.5 - 0.2)),
        ((sqrt(2) - sqrt(3)) ** 3, (2**0.5 - 3**0.5) ** 3),
        (Pow(1 + sqrt(2), Rational(-3, 2)), (1 + 2**0.5) ** -1.5),
        (Pow(sqrt(7) - sqrt(6), Rational(3, 4)), (7**0.5 - 6**0.5) ** 0.75),
        (sqrt(2) * sqrt(2 + sqrt(3)) * -3, -3 * (2 * (2 + 3**0.5)) ** 0.5),
        (sqrt(5 - 2 * sqrt(6)) - sqrt(3), (5 - 2 * 6**0.5) ** 0.5 - 3**0.5),
        *((cos(2 * pi * k / 7), math.cos(2 * math.pi * k / 7)) for k in (1, 2, 3)),
        *((cos(pi * k / 7), math.cos(math.pi * k / 7)) for k in (1, 2, 3)),
        *((cos(pi * k / 9), math.cos(math.pi * k / 9)) for k in (1, 2, 4, 5, 7, 8)),
        *((cos(pi * k / 11), math.cos(math.pi * k / 11)) for k in range(1, 11)),
        *((cos(2 * pi * k / 15), math.cos(2 * math.pi * k / 15)) for k in (1, 2, 4, 7)),
        (
            Mul(cos(2 * pi / 7), cos(4 * pi / 7)),
            math.cos(2 * math.pi / 7) * math.cos(4 * math.pi / 7),
        ),
        *(
            (CRootOf(CUBIC, k), v)
            for k, v in enumerate((-1.8793852416, 0.3472963553, 1.5320888862))
        ),
        (CRootOf(x**3 - x - 1, 0), 1.3247179572),
        (CRootOf(CUBIC, 1) + sqrt(2), 0.3472963553 + 2**0.5),
        (sqrt(CRootOf(CUBIC, 1)), 0.3472963553**0.5),
        (sin(3 * pi / 7), math.sin(3 * math.pi / 7)),
        (tan(2 * pi / 7), math.tan(2 * math.pi / 7)),
        (
            sin(2 * pi / 7) * cos(pi / 7),
            math.sin(2 * math.pi / 7) * math.cos(math.pi / 7),
        ),
    ],
    ids=str,
)
def test_located_root_is_the_number(number: Any, value: float) -> None:
    number = read_real_algebraic(number, "a")
    root = locate(number, minimal_polynomial(number, VARIABLE, polys=True)).narrowed(40)
    assert abs(float(root.lower) - value) < 1e-9


def test_close_conjugates_are_told_apart() -> None:
    number = 1 - sqrt(2) / 10**9
    minimal = minimal_polynomial(number, VARIABLE, polys=True)
    assert locate(number, minimal).index == 0
    assert locate(2 - number, minimal).index == 1


def test_hidden_zero_may_be_rooted_but_not_divided_by() -> None:
    zero = sqrt(2) + sqrt(3) - sqrt(5 + 2 * sqrt(6))
    assert read_real_algebraic(Pow(zero, Rational(1, 2)), "a") == 0
    assert read_real_algebraic(zero**2 + 3, "a") == 3
    for exponent in (-1, Rational(-1, 2)):
        with pytest.raises(InputError, match=r"a holds .* which divides by zero"):
            read_real_algebraic(Pow(zero, exponent), "a")


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (sqrt((1 + sqrt(2)) * (1 - sqrt(2)) + 5), 2),
        (Pow(sqrt((1 + sqrt(2)) * (1 - sqrt(2)) + 5) - 5, -3), Rational(-1, 27)),
        (Pow((1 + sqrt(2)) * (sqrt(2) - 1) + Rational(5, 4), Rational(-1, 2)), Rational(2, 3)),
        (CRootOf(2 * x + 3, 0, radicals=False), Rational(-3, 2)),
        (Add(2, Mul(3, 4, evaluate=False), evaluate=False), 14),
        (cos(pi / 3), Rational(1, 2)),
    ],
    ids=str,
)
def test_rational_in_disguise(number: Any, value: Any) -> None:
    assert read_real_algebraic(number, "a") == value


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (I, "holds I, which is not accepted"),
        (Pow(-2, Rational(1, 3)), "which is not real"),  # the principal root is complex
        (sqrt(1 - sqrt(2)), "which is not real"),
        (1 + sqrt(sqrt(2) - sqrt(3)), "which is not real"),
        (CRootOf(x**3 - x - 1, 1), "which is not real"),
        (2 * CRootOf(x**3 - x - 1, 2), "which is not real"),
        (pi, "holds pi, which is not accepted"),
        (2 + 3 * pi, "holds pi, which is not accepted"),
        (exp(1), "holds E, which is not accepted"),
        (Symbol("a"), "which is not accepted"),
        (cos(1), "which is not accepted"),
        (cos(Symbol("t")), "which is not accepted"),
        (Pow(2, sqrt(2)), "which is not accepted"),
        (sqrt(pi), "holds pi, which is not accepted"),
    ],
    ids=str,
)
def test_refused(number: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_real_algebraic(number, "W[0, 1]")
    assert str(caught.value).startswith("W[0, 1] holds ")
    assert "accepted are int, Fraction" in str(caught.value)


def test_negative_base_to_an_integer_power_is_real() -> None:
    for exponent in (3, -1):
        number = (1 - sqrt(2)) ** exponent
        assert read_real_algebraic(number, "a") == number


def test_only_sines_and_tangents_are_rewritten() -> None:
    for number in (cos(pi / 7), sqrt(2), CRootOf(CUBIC, 0)):
        assert read_real_algebraic(number, "a") == number
    assert not read_real_algebraic(sin(pi / 7) + tan(pi / 7), "a").has(sin, tan)


def test_sign_of_a_root_whose_interval_holds_zero() -> None:
    minimal = Poly(VARIABLE**2 - Rational(1, 2), VARIABLE, domain=QQ)
    assert not _is_negative(RealRoot(minimal, 1, QQ(-1, 2), QQ(1)))
    assert _is_negative(RealRoot(minimal, 0, QQ(-1), QQ(1, 2)))
