"""Prisms and antiprisms: levels as functions of the height, and the heights that have a name.

The 2k vertices are at height +-h and at distance rho = sqrt(1 - h^2) from the axis. A height is
always given by its square.
"""

from functools import cache
from typing import Any

from flint import arb, fmpq
from sympy import CRootOf, Integer, Poly, Rational, Symbol, cos, expand, pi, sqrt

from superposition_theory.errors import InputError
from superposition_theory.frames import isolate_real_roots
from superposition_theory.frames.matrices import read_number

HEIGHT_SQUARED = Symbol("h2", positive=True)
TIGHT_HEIGHT_SQUARED = Rational(1, 3)
EQUAL_EDGES_UP_TO = 8  # antiprisms of equal edges are told by name up to here: fields grow with k


def two_ring_levels(k: Any, height_squared: Any) -> tuple[Any, Any]:
    """Return the two eigenvalues of the Gram matrix of a k-prism or k-antiprism.

    k (1 - h^2) on the two dimensions across the axis and 2k h^2 along it: equal, so that the frame
    is tight, iff h^2 = 1/3, for every k.

    Parameters
    ----------
    k : int or sympy expression
        The number of vertices of one ring.
    height_squared : int, Fraction or sympy expression
        h^2.

    Returns
    -------
    tuple of two sympy expressions

    Examples
    --------
    >>> two_ring_levels(Symbol("k"), Rational(1, 3))
    (2*k/3, 2*k/3)
    """
    return expand(k * (1 - height_squared)), expand(2 * k * height_squared)


def antiprism_cosine(k: Any, steps: Any, height_squared: Any) -> Any:
    """Return the inner product of two vertices of an antiprism, `steps` apart around the axis.

    Vertex j is at the angle pi j/k and on the upper ring for even j, so that the inner product is
    (1 - h^2) cos(pi steps/k) + (-1)^steps h^2.

    Examples
    --------
    The octahedron: one step and two steps are both right angles.

    >>> [antiprism_cosine(3, s, Rational(1, 3)) for s in range(4)]
    [1, 0, 0, -1]
    """
    return expand((1 - height_squared) * cos(pi * steps / k) + (-1) ** steps * height_squared)


def equal_edge_height_squared(k: int) -> Any:
    """Return h^2 of the k-antiprism, k >= 3, whose edges are all of one length.

    For the square antiprism it is the best packing of 8 points on the sphere (Tammes problem). The
    edges within a ring and between the rings are equal where
    (1 - h^2) (cos(pi/k) - cos(2 pi/k)) = 2 h^2.

    References
    ----------
    Schuette and van der Waerden 1951, for k = 4.

    Examples
    --------
    >>> equal_edge_height_squared(4), equal_edge_height_squared(5)
    (-1/7 + 2*sqrt(2)/7, 1/5)
    """
    gap = cos(pi / Integer(k)) - cos(2 * pi / Integer(k))
    return expand((gap / (2 + gap)).radsimp())


@cache
def coulomb_height_squared() -> Any:
    """Return h^2 of the square antiprism of least Coulomb energy, a root of degree 24.

    With t = h^2 and the inner products c_s(t) of `antiprism_cosine`, the energy of one vertex is
    sum_s k_s (2 - 2 c_s)^(-1/2). It is strictly convex in t, since 1 - c_s is linear in t, so it
    has one critical point. The two terms for s = 2, 4 are multiples of (1 - t)^(-3/2), and two
    squarings clear the roots of the three terms that are left; of the roots of the resulting
    polynomial, the critical point is the one around which the derivative changes sign.

    Returns
    -------
    sympy CRootOf

    Examples
    --------
    >>> root = coulomb_height_squared()
    >>> root.poly.degree(), int(root.eval_rational(n=15) * 10**9)
    (24, 314089367)
    """
    t = HEIGHT_SQUARED
    forms = {s: expand(1 - antiprism_cosine(4, s, t)) for s in (1, 2, 3, 4)}
    first, third, last = forms[1], forms[3], 1 - t
    a, b = (2 * form.coeff(t) for form in (first, third))
    c = 2 + 1 / sqrt(2)  # s = 2: 2 (1 - t)^(-3/2); s = 4: 2 (2 - 2t)^(-3/2)
    left = a**2 * (third * last) ** 3 + b**2 * (first * last) ** 3 - c**2 * (first * third) ** 3
    squared = left**2 - 4 * (a * b) ** 2 * (first * third) ** 3 * last**6
    norm = Poly(expand(squared), t, extension=sqrt(2)).norm()
    for factor, _ in norm.factor_list()[1]:
        for root in isolate_real_roots(factor):
            near = root.narrowed(40)
            if near.lower > 0 and near.upper < 1:
                signs = [_coulomb_slope_sign(end, forms) for end in (near.lower, near.upper)]
                if signs == [-1, 1]:
                    return CRootOf(factor, root.index)
    raise AssertionError("unreachable: the energy has a minimum between 0 and 1")


def _coulomb_slope_sign(t: Any, forms: dict[int, Any]) -> int:
    """Return the sign of the derivative of the energy at a rational t, by a ball around it."""
    slope = arb(0)
    for s, form in forms.items():
        linear, constant = (
            _ball(c) for c in Poly(form, HEIGHT_SQUARED, extension=sqrt(2)).all_coeffs()
        )
        value = linear * fmpq(int(t.numerator), int(t.denominator)) + constant
        slope -= (1 if s == 4 else 2) * linear / (value * (2 * value).sqrt())
    if slope.contains(0):
        raise ArithmeticError(f"the slope at {t} is not separated from 0")
    return 1 if slope > 0 else -1


def _ball(number: Any) -> arb:
    """Return a ball around a + b sqrt(2)."""
    a, b = (number.subs(sqrt(2), x) for x in (0, 1))
    p, q = Rational(a), Rational(b - a)
    return arb(fmpq(p.p, p.q)) + arb(2).sqrt() * fmpq(q.p, q.q)


def read_height_squared(height_squared: Any) -> Any:
    """Return h^2 as a sympy number strictly between 0 and 1, or the free symbol for None."""
    if height_squared is None:
        return HEIGHT_SQUARED
    element, field = read_number(height_squared, "height_squared")
    if field.sign(element) <= 0 or field.sign(field.domain.one - element) <= 0:
        raise InputError(
            f"height_squared is {height_squared}; accepted: an exact real number in (0, 1), or None"
        )
    return field.to_sympy(element) if not isinstance(height_squared, CRootOf) else height_squared
