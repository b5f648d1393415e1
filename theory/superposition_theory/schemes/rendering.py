"""Elements of a number field as sympy expressions: radicals, cosines, roots of unity."""

from fractions import Fraction
from functools import cache, cmp_to_key
from math import gcd, isqrt
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz_poly
from sympy import (
    CRootOf,
    I,
    Integer,
    Poly,
    Rational,
    Symbol,
    cos,
    exp,
    minimal_polynomial,
    pi,
    sqrt,
    totient,
)

from superposition_theory.frames.algebraic import VARIABLE
from superposition_theory.frames.enclosure import locate
from superposition_theory.frames.matrices import read_number

from .numbers import AlgebraicNumber, NumberField
from .roots import roots_of


def expression(number: AlgebraicNumber) -> Any:
    """Return a number as a sympy expression.

    Rational and quadratic numbers become radicals, a + b cos(2 pi k / N) and b exp(2 pi i k / N)
    for rational a and b are recognised, and everything else is a CRootOf. Each form is decided by
    minimal polynomials.
    """
    if number.is_rational:
        value = number.as_fraction()
        return Rational(value.numerator, value.denominator)
    minimal = number.minimal_polynomial()
    if minimal.degree() == 2:
        return _quadratic(number, minimal)
    return _cosine(number, minimal) or _root_of_unity(number, minimal) or _root(number, minimal)


def from_expression(number: Any) -> AlgebraicNumber:
    """Return a real algebraic sympy number as an element of the field that it generates.

    Parameters
    ----------
    number : int, Fraction or sympy number

    Raises
    ------
    InputError
        For numbers that are not real and algebraic.

    Examples
    --------
    >>> from sympy import sqrt
    >>> golden = from_expression((1 + sqrt(5)) / 2)
    >>> golden * golden == golden + 1
    True
    """
    element, domain = read_number(number, "number")
    checked = domain.to_sympy(element)
    located = locate(checked, minimal_polynomial(checked, VARIABLE, polys=True))
    _, primitive = located.minimal.clear_denoms()
    leading, *others = [int(c) for c in primitive.all_coeffs()]
    # leading * number is an algebraic integer
    integral = fmpz_poly([1, *(c * leading**k for k, c in enumerate(others))][::-1])
    real = [root for root in roots_of(integral) if root.ball.imag.is_zero()]
    real.sort(key=cmp_to_key(lambda a, b: 1 if a.ball.real > b.ball.real else -1))
    return NumberField(real[located.index]).generator * Fraction(1, leading)


def _quadratic(number: AlgebraicNumber, minimal: fmpz_poly) -> Any:
    """Return a quadratic number by the formula for quadratic equations."""
    c, b, a = (int(minimal[k]) for k in range(3))
    discriminant = b * b - 4 * a * c
    centre = number - fmpq(-b, 2 * a)
    positive = centre.sign_of_real_part() if discriminant > 0 else centre.sign_of_imaginary_part()
    return (Integer(-b) + positive * sqrt(discriminant)) / (2 * a)


def _cosine(number: AlgebraicNumber, minimal: fmpz_poly) -> Any | None:
    """Return a + 2 b cos(2 pi k / N) if the number has this form, by trace and variance."""
    mean, variance = _moments(minimal)
    if variance <= 0:
        return None
    forms = []
    for conductor in _conductors(2 * int(minimal.degree())):
        their_mean, their_variance = _moments(fmpz_poly.cos_minpoly(conductor))
        ratio = variance / their_variance
        p, q = _exact_root(ratio.numerator), _exact_root(ratio.denominator)
        if p is not None and q is not None:
            forms += [(sign * Fraction(p, q), their_mean, conductor) for sign in (1, -1)]
    for b, their_mean, conductor in sorted(forms, reverse=True):
        a = mean - b * their_mean
        unit = (number - a) * (1 / b)
        if unit.minimal_polynomial() == fmpz_poly.cos_minpoly(conductor):
            places = [k for k in range(1, conductor // 2 + 1) if gcd(k, conductor) == 1]
            k = _index(unit, [(k, 2 * _cos(k, conductor, 128)) for k in places])
            angle = 2 * pi * Rational(k, conductor)
            return _fraction(a) + 2 * _fraction(b) * cos(angle, evaluate=False)
    return None


def _root_of_unity(number: AlgebraicNumber, minimal: fmpz_poly) -> Any | None:
    """Return b exp(2 pi i k / N) for a rational b > 0 if the number has this form."""
    constant = Fraction(abs(int(minimal[0])), int(minimal.leading_coefficient()))
    degree = int(minimal.degree())
    for b in _power_roots(constant, degree):
        unit = number * (1 / b)
        conductor = unit.minimal_polynomial().is_cyclotomic()
        if conductor:
            k = _index(
                unit,
                [
                    (k, _unit(k, conductor, 128))
                    for k in range(1, conductor)
                    if gcd(k, conductor) == 1
                ],
            )
            return _fraction(b) * exp(2 * pi * I * Rational(k, conductor))
    return None


def _root(number: AlgebraicNumber, minimal: fmpz_poly) -> Any:
    """Return the number as a numbered root of its minimal polynomial."""
    x = Symbol("x")
    poly = Poly([int(c) for c in reversed(minimal.coeffs())], x)
    return CRootOf(
        poly, _index(number, [(k, _ball(CRootOf(poly, k))) for k in range(poly.degree())])
    )


def _index(number: AlgebraicNumber, balls: list[tuple[int, acb]]) -> int:
    """Return the label of the only ball that the number meets."""
    near = [label for label, ball in balls if number.enclosure(128).overlaps(ball)]
    if len(near) != 1:
        raise ArithmeticError(f"{number!r} meets {len(near)} of the candidates")
    return near[0]


def _fraction(value: Fraction) -> Rational:
    """Return a Fraction as a sympy number."""
    return Rational(value.numerator, value.denominator)


def _moments(minimal: fmpz_poly) -> tuple[Fraction, Fraction]:
    """Return the mean and the variance of the roots of a polynomial."""
    degree, leading = int(minimal.degree()), int(minimal.leading_coefficient())
    mean = Fraction(-int(minimal[degree - 1]), leading * degree)
    pairs = Fraction(int(minimal[degree - 2]), leading)
    return mean, (degree - 1) * mean**2 - 2 * pairs / degree


def _exact_root(value: int) -> int | None:
    """Return the square root of a positive integer, None if it is not the square of one."""
    root = isqrt(value)
    return root if root * root == value else None


def _power_roots(value: Fraction, degree: int) -> list[Fraction]:
    """Return the positive rational numbers with this power, at most one."""
    p, q = (_power_root(part, degree) for part in (value.numerator, value.denominator))
    return [Fraction(p, q)] if p and q else []


def _power_root(value: int, degree: int) -> int | None:
    """Return the positive integer whose power is the value, or None."""
    low, high = 1, value
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < value else (low, middle)
    return low if low**degree == value else None


@cache
def _conductors(order: int) -> tuple[int, ...]:
    """Return the N > 2 with this totient, increasing."""
    # totient(N) >= sqrt(N / 2)
    return tuple(n for n in range(3, 2 * order * order + 1) if totient(n) == order)


def _cos(k: int, order: int, bits: int) -> acb:
    """Return a ball around cos(2 pi k / order)."""
    return acb(_unit(k, order, bits).real)


def _unit(k: int, order: int, bits: int) -> acb:
    """Return a ball around exp(2 pi i k / order)."""
    with ctx.workprec(bits):
        return acb(2 * fmpq(k, order)).exp_pi_i()


def _ball(number: Any) -> acb:
    """Return a ball around a rational multiple of a numbered root: sympy takes out the content."""
    factor, root = number.as_coeff_Mul()
    tolerance = Rational(1, 2**100) / max(abs(factor), 1)
    real, imaginary = (factor * root.eval_rational(tolerance, tolerance)).as_real_imag()
    with ctx.workprec(256):
        radius = arb(0, fmpq(1, 2**99))
        return acb(arb(fmpq(real.p, real.q)) + radius, arb(fmpq(imaginary.p, imaginary.q)) + radius)
