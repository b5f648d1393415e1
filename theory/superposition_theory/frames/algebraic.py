"""Real algebraic numbers held exactly: isolated roots, their order, and ordered number fields.

Every decision (a sign, an order, an equality) is made by polynomials and rational intervals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import QQ, Poly, Symbol, sqrt

VARIABLE = Symbol("x")


def polynomial(coefficients: Sequence[Any], domain: Any) -> Poly:
    """Return the polynomial in `VARIABLE` with these coefficients, highest power first."""
    return Poly.from_list(list(coefficients), VARIABLE, domain=domain)


def coefficients(poly: Poly) -> list[Any]:
    """Return the coefficients of `poly` as elements of its domain, highest power first."""
    return list(poly.rep.to_list())


def value_at(poly: Poly, point: Any) -> Any:
    """Return `poly` at an element of its own domain."""
    total = poly.domain.zero
    for coefficient in coefficients(poly):
        total = total * point + coefficient
    return total


@dataclass(frozen=True)
class RealRoot:
    """The real algebraic number that is root number `index` of an irreducible polynomial.

    The real roots of `minimal` are counted in increasing order from 0, and ``[lower, upper]``
    holds this root and no other. A rational number has ``lower == upper``; otherwise the root is
    inside the interval and the end points are not roots.

    Parameters
    ----------
    minimal : Poly
        Irreducible over the rationals, in one variable.
    index : int
        The position among the real roots.
    lower, upper : rational (elements of ``QQ``)
        The isolating interval.

    Examples
    --------
    >>> from sympy import Poly, Symbol
    >>> smaller, larger = isolate_real_roots(Poly(Symbol("x") ** 2 - 2, Symbol("x")))
    >>> compare_roots(smaller, larger)
    -1
    >>> larger.narrowed(8).upper - larger.narrowed(8).lower <= QQ(1, 256)
    True
    """

    minimal: Poly
    index: int
    lower: Any
    upper: Any

    def halved(self) -> "RealRoot":
        """Return the same root with the isolating interval halved."""
        if self.lower == self.upper:
            return self
        middle = (self.lower + self.upper) / 2
        same_side = value_at(self.minimal, middle) * value_at(self.minimal, self.lower) > 0
        return replace(self, lower=middle) if same_side else replace(self, upper=middle)

    def narrowed(self, bits: int) -> "RealRoot":
        """Return the same root with an isolating interval of width at most ``2**-bits``."""
        root, width = self, QQ(1, 2**bits)
        while root.upper - root.lower > width:
            root = root.halved()
        return root


def isolate_real_roots(irreducible: Poly) -> tuple[RealRoot, ...]:
    """Return the real roots, in increasing order, of a polynomial irreducible over the rationals.

    Parameters
    ----------
    irreducible : Poly
        One variable, rational coefficients, irreducible of positive degree (not checked).

    Returns
    -------
    tuple of RealRoot

    Examples
    --------
    >>> from sympy import Poly, Symbol
    >>> [root.index for root in isolate_real_roots(Poly(Symbol("x") ** 3 - 2, Symbol("x")))]
    [0]
    """
    minimal = polynomial([QQ.convert(c) for c in irreducible.all_coeffs()], QQ).monic()
    if minimal.degree() == 1:
        root = -value_at(minimal, QQ.zero)
        return (RealRoot(minimal, 0, root, root),)
    return tuple(
        RealRoot(minimal, index, QQ.convert(lower), QQ.convert(upper))
        for index, ((lower, upper), _) in enumerate(minimal.intervals())
    )


def compare_roots(first: RealRoot, second: RealRoot) -> int:
    """Return -1, 0 or 1 as the first real algebraic number is less than, equal to or greater.

    Two roots of one irreducible polynomial are compared by position; roots of different ones are
    never equal, so their intervals are refined until they separate.

    Parameters
    ----------
    first, second : RealRoot

    Returns
    -------
    int

    Examples
    --------
    >>> from sympy import Poly, Symbol
    >>> x = Symbol("x")
    >>> (three_halves,) = isolate_real_roots(Poly(2 * x - 3, x))
    >>> compare_roots(three_halves, isolate_real_roots(Poly(x**2 - 2, x))[1])
    1
    """
    if first.minimal == second.minimal:
        return (first.index > second.index) - (first.index < second.index)
    while True:
        if first.upper <= second.lower:
            return -1
        if second.upper <= first.lower:
            return 1
        first, second = first.halved(), second.halved()


class OrderedField:
    """A field K of real numbers, the rationals or Q(alpha) with alpha a real algebraic number.

    Elements are those of the sympy domain; this class adds the order of the real line, which the
    domain lacks (its ``is_positive`` reads the leading coefficient and says nothing of size).

    Parameters
    ----------
    domain : sympy domain
        ``QQ`` or an ``AlgebraicField`` over it.
    generator : RealRoot or None
        Which real root of the defining polynomial alpha is; None for the rationals.

    Examples
    --------
    >>> from sympy import Poly, Symbol, sqrt
    >>> K = QQ.algebraic_field(sqrt(2))
    >>> field = OrderedField(K, isolate_real_roots(Poly(Symbol("x") ** 2 - 2, Symbol("x")))[1])
    >>> field.sign(K.from_sympy(3 - 2 * sqrt(2)))
    1
    """

    def __init__(self, domain: Any, generator: RealRoot | None = None) -> None:
        self.domain = domain
        self.generator = generator.narrowed(64) if generator is not None else None

    def sign(self, element: Any) -> int:
        """Return the sign (-1, 0 or 1) of an element, decided exactly."""
        if not element:
            return 0
        if self.generator is None:
            return 1 if element > 0 else -1
        root = self.generator
        while True:
            lower, upper = _interval_value(element.to_list(), root)
            if lower > 0:
                return 1
            if upper < 0:
                return -1
            root = root.halved()

    def to_sympy(self, element: Any) -> Any:
        """Return an element as an exact sympy number."""
        return self.domain.to_sympy(element)

    def largest(self, elements: Iterable[Any]) -> Any:
        """Return the largest of some elements, 0 if there are none that are positive."""
        best = self.domain.zero
        for element in elements:
            if self.sign(element - best) > 0:
                best = element
        return best

    def square_root(self, element: Any) -> Any:
        """Return the root of a non-negative element, written in K where it lies in K."""
        domain = self.domain
        _, factors = polynomial([domain.one, domain.zero, -element], domain).factor_list()
        if factors[0][0].degree() == 2:
            return sqrt(self.to_sympy(element))
        root = value_at(factors[0][0].monic(), domain.zero)
        return self.to_sympy(self.largest((root, -root)))

    def real_roots(self, irreducible: Poly) -> tuple[RealRoot, ...]:
        """Return all the roots, increasing, of a totally real polynomial irreducible over K.

        The norm of such a polynomial from K to the rationals is a power of an irreducible one,
        and its roots hold those of the conjugates too: the interval of a root of the given
        polynomial is one at whose ends the given polynomial changes sign.
        """
        if self.generator is None:
            return isolate_real_roots(irreducible)
        return tuple(
            root
            for root in isolate_real_roots(irreducible.norm().sqf_part())
            if self._has_root(irreducible, root)
        )

    def _has_root(self, irreducible: Poly, root: RealRoot) -> bool:
        """Decide whether a root of the norm is a root of the polynomial itself."""
        at_ends = [
            self.sign(value_at(irreducible, self.domain.convert(end)))
            for end in (root.lower, root.upper)
        ]
        return at_ends[0] * at_ends[1] < 0 or at_ends == [0, 0]


def _interval_value(coefficients: Sequence[Any], root: RealRoot) -> tuple[Any, Any]:
    """Enclose a polynomial with rational coefficients over the isolating interval of a root."""
    lower = upper = QQ.zero
    for coefficient in coefficients:
        products = [end * x for end in (lower, upper) for x in (root.lower, root.upper)]
        lower, upper = min(products) + coefficient, max(products) + coefficient
    return lower, upper
