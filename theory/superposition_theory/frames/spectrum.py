"""The positive eigenvalues of a Gram matrix, by the irreducible factors that they are roots of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, cmp_to_key
from math import prod
from typing import Any

from sympy import QQ, CRootOf, Poly, Rational, expand, sqrt

from .algebraic import (
    VARIABLE,
    OrderedField,
    RealRoot,
    coefficients,
    compare_roots,
    polynomial,
    value_at,
)


@dataclass(frozen=True)
class SpectralFactor:
    """A monic irreducible factor q over K of the characteristic polynomial, and K[x]/(q).

    The roots of q are conjugate eigenvalues of one multiplicity. A polynomial g modulo q stands
    for the number g(lambda) at every root lambda, and its trace is the sum of all of those, an
    element of K.

    Parameters
    ----------
    field : OrderedField
    polynomial : Poly
        q, monic, with positive roots only.
    multiplicity : int
        Of each of its roots.

    Examples
    --------
    >>> from sympy import Poly, QQ
    >>> q = Poly(VARIABLE**2 - 4 * VARIABLE + 2, VARIABLE, domain=QQ)
    >>> factor = SpectralFactor(OrderedField(QQ), q, 1)
    >>> factor.trace(Poly(VARIABLE**2, VARIABLE, domain=QQ))
    12
    >>> factor.values
    (2 - sqrt(2), sqrt(2) + 2)
    """

    field: OrderedField
    polynomial: Poly
    multiplicity: int

    @cached_property
    def power_sums(self) -> tuple[Any, ...]:
        """Sums over the roots of their powers 0, ..., deg q - 1 (Newton's identities)."""
        domain, falling = self.field.domain, coefficients(self.polynomial)
        sums = [domain.convert(self.polynomial.degree())]
        for k in range(1, self.polynomial.degree()):
            earlier = (falling[k - j] * sums[j] for j in range(1, k))
            sums.append(-sum(earlier, domain.convert(k) * falling[k]))
        return tuple(sums)

    def trace(self, element: Poly) -> Any:
        """Return the sum of a polynomial over the roots of q, an element of K."""
        rising = reversed(coefficients(element.rem(self.polynomial)))
        terms = (a * s for a, s in zip(rising, self.power_sums, strict=False))
        return sum(terms, self.field.domain.zero)

    @cached_property
    def roots(self) -> tuple[RealRoot, ...]:
        """The roots of q, increasing."""
        return self.field.real_roots(self.polynomial)

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The roots of q as sympy numbers, increasing: radicals up to degree 2, else CRootOf."""
        falling = [self.field.to_sympy(c) for c in coefficients(self.polynomial)]
        if len(falling) == 2:
            return (-falling[1],)
        if len(falling) == 3:
            half, product = falling[1] / 2, falling[2]
            distance = sqrt(expand(half**2 - product))
            return (-half - distance, -half + distance)
        return tuple(CRootOf(root.minimal, root.index) for root in self.roots)

    def evaluate(self, element: Poly, position: int) -> Any:
        """Return a polynomial modulo q at root number `position`, as a sympy number."""
        return expand(element.as_expr().subs(VARIABLE, self.values[position]))


@dataclass(frozen=True)
class Eigenvalue:
    """A positive eigenvalue, exactly.

    Parameters
    ----------
    source : SpectralFactor
        The irreducible factor that it is a root of, with its field.
    position : int
        Which root of the factor, counted from 0 in increasing order.

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> eigenvalue = Frame([[1, 0, 1], [0, 1, 1]]).spectrum.largest
    >>> eigenvalue.value, eigenvalue.multiplicity, eigenvalue.factor
    (3, 1, Poly(x - 3, x, domain='QQ'))
    """

    source: SpectralFactor
    position: int

    @property
    def value(self) -> Any:
        """The eigenvalue as an exact sympy number."""
        return self.source.values[self.position]

    @property
    def factor(self) -> Poly:
        """Its minimal polynomial over the coefficient field."""
        return self.source.polynomial

    @property
    def multiplicity(self) -> int:
        """The dimension of its eigenspace."""
        return self.source.multiplicity

    @property
    def root(self) -> RealRoot:
        """The eigenvalue as an isolated root of its minimal polynomial over the rationals."""
        return self.source.roots[self.position]

    def enclosure(self, bits: int) -> tuple[Rational, Rational]:
        """Return rational bounds of the eigenvalue that are at most ``2**-bits`` apart.

        Parameters
        ----------
        bits : int
            At least 0.

        Returns
        -------
        tuple of two sympy Rational

        Examples
        --------
        >>> from superposition_theory.frames import Frame
        >>> lower, upper = Frame([[1, 1], [0, 1]]).spectrum.largest.enclosure(20)
        >>> bool(lower**2 - 3 * lower + 1 < 0 < upper**2 - 3 * upper + 1)
        True
        """
        narrow = self.root.narrowed(bits)
        return QQ.to_sympy(narrow.lower), QQ.to_sympy(narrow.upper)


@dataclass(frozen=True)
class Spectrum:
    """The distinct positive eigenvalues of F = W W^T (and of M = W^T W), in increasing order.

    Parameters
    ----------
    factors : tuple of SpectralFactor
        The distinct irreducible factors, other than x, of the characteristic polynomial.

    Examples
    --------
    >>> from superposition_theory.frames import Frame
    >>> spectrum = Frame([[2, 0, 0], [0, 1, 1], [0, 1, -1]]).spectrum
    >>> [(eigenvalue.value, eigenvalue.multiplicity) for eigenvalue in spectrum]
    [(2, 2), (4, 1)]
    """

    factors: tuple[SpectralFactor, ...]

    @cached_property
    def eigenvalues(self) -> tuple[Eigenvalue, ...]:
        """The distinct positive eigenvalues, increasing."""
        unordered = [
            Eigenvalue(factor, position)
            for factor in self.factors
            for position in range(factor.polynomial.degree())
        ]
        by_size = cmp_to_key(compare_roots)
        return tuple(sorted(unordered, key=lambda eigenvalue: by_size(eigenvalue.root)))

    @cached_property
    def annihilator(self) -> Poly:
        """The product of the factors: its roots are the eigenvalues, each once."""
        return prod(factor.polynomial for factor in self.factors)

    @cached_property
    def derivative_inverses(self) -> tuple[tuple[SpectralFactor, Poly], ...]:
        """Each factor with the inverse, modulo it, of the derivative of the annihilator."""
        derivative = self.annihilator.diff()
        return tuple((f, derivative.invert(f.polynomial)) for f in self.factors)

    @property
    def smallest(self) -> Eigenvalue:
        """The smallest positive eigenvalue (IndexError if the spectrum is empty)."""
        return self.eigenvalues[0]

    @property
    def largest(self) -> Eigenvalue:
        """The largest eigenvalue (IndexError if the spectrum is empty)."""
        return self.eigenvalues[-1]

    def __iter__(self) -> Iterator[Eigenvalue]:
        return iter(self.eigenvalues)

    def __len__(self) -> int:
        return sum(factor.polynomial.degree() for factor in self.factors)

    def __getitem__(self, index: int) -> Eigenvalue:
        return self.eigenvalues[index]


def spectral_factors(
    characteristic: Sequence[Any], field: OrderedField
) -> tuple[SpectralFactor, ...]:
    """Return the distinct irreducible factors, except x, of a monic polynomial over K.

    Parameters
    ----------
    characteristic : sequence of elements of K
        Coefficients, highest power first, of a polynomial whose roots are real and non-negative.
    field : OrderedField

    Returns
    -------
    tuple of SpectralFactor

    Examples
    --------
    >>> from sympy import QQ
    >>> [f.polynomial.as_expr() for f in spectral_factors([1, -3, 2, 0], OrderedField(QQ))]
    [x - 2, x - 1]
    """
    _, factors = polynomial(characteristic, field.domain).factor_list()
    return tuple(
        SpectralFactor(field, factor.monic(), multiplicity)
        for factor, multiplicity in factors
        if value_at(factor, field.domain.zero)
    )
