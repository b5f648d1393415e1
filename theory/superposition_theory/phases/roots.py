"""Rational functions of one real algebraic number: their signs and rational bounds, exactly."""

from typing import Any

from sympy import QQ, Expr, Poly, Rational, Symbol, fraction, together

from superposition_theory.errors import InputError
from superposition_theory.frames import RealRoot
from superposition_theory.reading import read_count


def sign_at(root: RealRoot, function: Expr, variable: Symbol) -> int:
    """Return the sign (-1, 0 or 1) of a rational function at a real algebraic number.

    Parameters
    ----------
    root : RealRoot
    function : Expr
        Rational over the rationals in the variable, with a denominator that does not vanish there.
    variable : Symbol

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the denominator vanishes.

    Examples
    --------
    >>> from sympy.abc import x
    >>> from superposition_theory.frames import isolate_real_roots
    >>> root = isolate_real_roots(Poly(x**2 - 2, x))[1]
    >>> sign_at(root, x - Rational(3, 2), x), sign_at(root, x**3 - 2 * x, x)
    (-1, 0)
    """
    numerator, denominator = _parts(root, function, variable)
    return _sign(root, numerator) * _sign(root, denominator)


def bounds_at(
    root: RealRoot, function: Expr, variable: Symbol, *, digits: int = 30
) -> tuple[Rational, Rational]:
    """Return rationals, at most 10^-digits apart, between which a rational function of a root lies.

    Parameters
    ----------
    root : RealRoot
    function : Expr
        As for `sign_at`.
    variable : Symbol
    digits : int
        At least 1.

    Returns
    -------
    tuple of (lower, upper)

    Raises
    ------
    InputError
        If the denominator vanishes, and for other digits.

    Examples
    --------
    >>> from sympy.abc import x
    >>> from superposition_theory.frames import isolate_real_roots
    >>> root = isolate_real_roots(Poly(x**2 - 2, x))[1]
    >>> lower, upper = bounds_at(root, 1 / x, x, digits=10)
    >>> lower**2 < Rational(1, 2) < upper**2, upper - lower < Rational(1, 10**10)
    (True, True)
    """
    numerator, denominator = _parts(root, function, variable)
    bits = 4 * read_count(digits, "digits", 1)
    while True:
        root = root.narrowed(bits)
        above, below = _range(numerator, root), _range(denominator, root)
        if below[0] * below[1] > 0:
            quotients = [a / b for a in above for b in below]
            low, high = min(quotients), max(quotients)
            if (high - low) * 10**digits <= 1:
                return QQ.to_sympy(low), QQ.to_sympy(high)
        bits *= 2


def _parts(root: RealRoot, function: Expr, variable: Symbol) -> tuple[Poly, Poly]:
    """Return numerator and denominator, reduced modulo the minimal polynomial."""
    minimal = Poly(root.minimal.all_coeffs(), variable, domain=QQ)
    above, below = (
        Poly(part, variable, domain=QQ).rem(minimal) for part in fraction(together(function))
    )
    if below.is_zero:
        raise InputError(f"function {function} divides by zero at the root of {minimal.as_expr()}")
    return above, below


def _sign(root: RealRoot, poly: Poly) -> int:
    """Return the sign of a polynomial of smaller degree than the minimal one."""
    if poly.is_zero:
        return 0
    while True:
        low, high = _range(poly, root)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        root = root.narrowed(4) if root.upper - root.lower > QQ(1, 16) else root.halved()


def _range(poly: Poly, root: RealRoot) -> tuple[Any, Any]:
    """Enclose a polynomial over the isolating interval of a root, by Horner's rule."""
    low = high = QQ.zero
    for coefficient in poly.rep.to_list():
        products = [end * x for end in (low, high) for x in (root.lower, root.upper)]
        low, high = min(products) + coefficient, max(products) + coefficient
    return low, high
