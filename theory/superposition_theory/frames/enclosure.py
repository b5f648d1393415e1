"""Real algebraic numbers given as sympy expressions: what is accepted, and which root they are."""

from math import gcd
from typing import Any

from sympy import (
    QQ,
    Add,
    CRootOf,
    Mul,
    Poly,
    Pow,
    Rational,
    cos,
    integer_nthroot,
    minimal_polynomial,
    pi,
    sin,
    tan,
)

from superposition_theory.errors import InputError

from .algebraic import VARIABLE, RealRoot, isolate_real_roots

ACCEPTED = (
    "accepted are int, Fraction and sympy numbers that are real and algebraic: rationals, roots of "
    "non-negative numbers, cos, sin and tan of rational multiples of pi, real CRootOf, and sums, "
    "products and rational powers of these"
)


def read_real_algebraic(number: Any, name: str) -> Any:
    """Return a sympy number in the form that this module can enclose.

    Sines and tangents are written in cosines, and a radical or a CRootOf that is left is
    irrational.

    Parameters
    ----------
    number : sympy expression
    name : str
        What messages call it.

    Returns
    -------
    sympy expression
        Rational, or built by sums, products and rational powers from rationals, cosines of
        rational multiples of pi, and real CRootOf.

    Raises
    ------
    InputError
        Unless `number` is built as `ACCEPTED` says.

    Examples
    --------
    >>> from sympy import Rational, sqrt
    >>> read_real_algebraic(sqrt((1 + sqrt(2)) * (1 - sqrt(2)) + 5), "W[0, 0]")
    2
    """
    if isinstance(number, Rational):
        return number
    if isinstance(number, (Add, Mul)):
        return number.func(*(read_real_algebraic(term, name) for term in number.args))
    if isinstance(number, Pow) and isinstance(number.exp, Rational):
        base = read_real_algebraic(number.base, name)
        _check_power(base, number.exp, name)
        return _rational_or_same(Pow(base, number.exp))
    if isinstance(number, CRootOf):
        if number.index >= len(_roots(number.poly)):
            raise InputError(f"{name} holds {number}, which is not real; {ACCEPTED}")
        return _rational_or_same(number)
    if isinstance(number, (cos, sin, tan)) and isinstance(number.args[0] / pi, Rational):
        return number.rewrite(cos)
    raise InputError(f"{name} holds {number}, which is not accepted; {ACCEPTED}")


def locate(number: Any, minimal: Poly) -> RealRoot:
    """Return a checked real algebraic number as a root of its minimal polynomial.

    Parameters
    ----------
    number : sympy expression
        As `read_real_algebraic` returns it.
    minimal : Poly
        Its minimal polynomial over the rationals.

    Returns
    -------
    RealRoot

    Examples
    --------
    >>> from sympy import sqrt
    >>> number = 1 - sqrt(2)
    >>> locate(number, minimal_polynomial(number, VARIABLE, polys=True)).index
    0
    """
    candidates = isolate_real_roots(minimal)
    bits = 4
    while len(candidates) > 1:
        lower, upper = _enclosure(number, bits)
        candidates = tuple(
            root.halved() for root in candidates if root.lower <= upper and lower <= root.upper
        )
        bits += 1
    return candidates[0]


def _check_power(base: Any, exponent: Rational, name: str) -> None:
    """Raise InputError for a root of a negative number and for division by a hidden zero."""
    root = locate(base, minimal_polynomial(base, VARIABLE, polys=True))
    if root.lower == root.upper == 0:
        if exponent < 0:
            raise InputError(f"{name} holds ({base})**({exponent}), which divides by zero")
    elif exponent.q > 1 and _is_negative(root):
        raise InputError(f"{name} holds ({base})**({exponent}), which is not real; {ACCEPTED}")


def _rational_or_same(number: Any) -> Any:
    """Return a number that is rational in disguise as a rational, any other as it is."""
    minimal = minimal_polynomial(number, VARIABLE, polys=True)
    return -minimal.nth(0) / minimal.nth(1) if minimal.degree() == 1 else number


def _is_negative(root: RealRoot) -> bool:
    """Decide whether a nonzero real algebraic number is negative."""
    while root.lower < 0 < root.upper:
        root = root.halved()
    return bool(root.lower < 0)


def _roots(minimal: Poly) -> tuple[RealRoot, ...]:
    """Return the real roots of an irreducible polynomial in whatever variable."""
    return isolate_real_roots(Poly(minimal.all_coeffs(), VARIABLE))


def _enclosure(number: Any, bits: int) -> tuple[Any, Any]:
    """Return rational bounds of a checked number that close in on it as `bits` grows."""
    if isinstance(number, Rational):
        return QQ.convert(number), QQ.convert(number)
    if isinstance(number, Add):
        terms = [_enclosure(term, bits) for term in number.args]
        return sum(low for low, _ in terms), sum(high for _, high in terms)
    if isinstance(number, Mul):
        product = (QQ.one, QQ.one)
        for factor in number.args:
            product = _product(product, _enclosure(factor, bits))
        return product
    if isinstance(number, Pow):
        return _power(number, bits)
    root = _cosine(number) if isinstance(number, cos) else _roots(number.poly)[number.index]
    narrow = root.narrowed(bits)
    return narrow.lower, narrow.upper


def _product(first: tuple[Any, Any], second: tuple[Any, Any]) -> tuple[Any, Any]:
    """Multiply two rational intervals."""
    products = [a * b for a in first for b in second]
    return min(products), max(products)


def _power(power: Any, bits: int) -> tuple[Any, Any]:
    """Enclose a rational power of a number (positive if the power is not an integer)."""
    degree = power.exp.q
    result = (QQ.one, QQ.one)
    lower, upper = _enclosure(power.base, bits)
    if degree > 1:
        lower = _root_below(max(lower, QQ.zero), degree, bits)
        upper = _root_above(upper, degree, bits)
    for _ in range(abs(power.exp.p)):
        result = _product(result, (lower, upper))
    if power.exp > 0:
        return result
    if result[0] <= 0 <= result[1]:
        return _power(power, 2 * bits)
    return 1 / result[1], 1 / result[0]


def _root_below(value: Any, degree: int, bits: int) -> Any:
    """Return the largest multiple of ``2**-bits`` whose `degree`-th power is at most `value`."""
    scaled = value.numerator * 2 ** (degree * bits) // value.denominator
    return QQ(integer_nthroot(int(scaled), degree)[0], 2**bits)


def _root_above(value: Any, degree: int, bits: int) -> Any:
    """Return a multiple of ``2**-bits`` whose `degree`-th power is more than `value` >= 0."""
    return _root_below(value, degree, bits) + QQ(1, 2**bits)


def _cosine(number: Any) -> RealRoot:
    """Return cos(2 pi a/N), in lowest terms, as a root of its minimal polynomial.

    The conjugates are cos(2 pi j/N) for j prime to N, and the cosine decreases on [0, pi].
    """
    turn = Rational(number.args[0] / (2 * pi))
    order, step = turn.q, turn.p % turn.q
    step = min(step, order - step)
    larger_steps = sum(gcd(j, order) == 1 for j in range(step + 1, order // 2 + 1))
    return isolate_real_roots(minimal_polynomial(number, VARIABLE, polys=True))[larger_steps]
