"""Number fields with a chosen embedding in the complex numbers, and their elements, exactly.

A field is Q[x]/(f) for an irreducible monic integer polynomial f, together with one complex root of
f. Arithmetic is with polynomials modulo f. The embedding answers questions of order only, by balls
that are refined until they separate; whether a number is zero or real is decided by polynomials.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, fmpz_poly
from sympy import Rational

from superposition_theory.errors import InputError

from .roots import FIRST_BITS, Root, meeting, roots_of


class NumberField:
    """The field Q(a) for one complex root a of an irreducible polynomial.

    Parameters
    ----------
    root : Root
        Of a monic polynomial that is irreducible over the rationals (not checked).

    Examples
    --------
    >>> golden = NumberField(roots_of(fmpz_poly([-1, -1, 1]))[1])
    >>> a = golden.generator
    >>> a * a == a + 1, a > 1, 1 / a
    (True, True, <a + (-1)>)
    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self.modulus = fmpq_poly(root.polynomial)
        own = {root.index: self.generator} if self.degree > 1 else {}
        self._known: dict[str, dict[int, AlgebraicNumber]] = {str(root.polynomial): own}

    def __repr__(self) -> str:
        return f"<NumberField of degree {self.degree}: {self.root.polynomial} = 0>"

    @property
    def degree(self) -> int:
        """The degree over the rationals."""
        return int(self.modulus.degree())

    @property
    def generator(self) -> AlgebraicNumber:
        """The chosen root a."""
        return self.element(fmpq_poly([0, 1]))

    def element(self, polynomial: fmpq_poly) -> AlgebraicNumber:
        """Return the value at a of a rational polynomial."""
        return AlgebraicNumber(self, polynomial % self.modulus)

    def number(self, value: int | Fraction | fmpq | fmpz) -> AlgebraicNumber:
        """Return a rational number as an element."""
        return self.element(fmpq_poly([_rational(value)]))

    def find(self, root: Root) -> AlgebraicNumber | None:
        """Return a root of an irreducible monic polynomial as an element, or None.

        An integer relation between the root and the powers of a is sought by lattice reduction. A
        number that is returned IS the root: that it satisfies the polynomial is decided exactly,
        and which of the roots it is by balls that meet no other. None proves nothing.
        """
        polynomial = root.polynomial
        if self.degree % polynomial.degree():
            return None
        if polynomial.degree() == 1:
            return self.number(-polynomial[0])
        known = self._known.setdefault(str(polynomial), {})
        if root.index not in known:
            found = self._searched(root)
            if found is not None:
                self._keep(found, known, roots_of(polynomial))
        return known.get(root.index)

    def _searched(self, root: Root) -> AlgebraicNumber | None:
        """Return a root that lattice reduction finds, verified."""
        roots = roots_of(root.polynomial)
        for bits in (128 + 32 * self.degree, 512 + 128 * self.degree):
            found = self._related(root, bits)
            if found is None or found.value_of(root.polynomial):
                continue
            if found.among(roots).index == root.index:
                return found
        return None

    def _keep(
        self, found: AlgebraicNumber, known: dict[int, AlgebraicNumber], roots: Sequence[Root]
    ) -> None:
        """Keep a root and its images under the automorphisms of the field that are known.

        A root of the minimal polynomial of a is itself an automorphism, a to the root; then the
        group that the known ones generate is kept.
        """
        if known is not self._known[str(self.root.polynomial)]:
            for image in self._known[str(self.root.polynomial)].values():
                conjugate = found.at(image)
                known[conjugate.among(roots).index] = conjugate
            return
        fresh = [found]
        while fresh:
            image = fresh.pop()
            place = image.among(roots).index
            if place not in known:
                fresh += [image.at(other) for other in known.values()]
                fresh += [other.at(image) for other in known.values()]
                known[place] = image

    def conjugate_generator(self) -> AlgebraicNumber:
        """Return the complex conjugate of a.

        Raises
        ------
        InputError
            Where the field is not found to be closed under complex conjugation.
        """
        real = self.root.enclosure(FIRST_BITS).imag.is_zero()
        conjugate = self.generator if real else self.find(self.root.conjugate())
        if conjugate is None:
            raise InputError(f"{self!r} is not known to be closed under complex conjugation")
        return conjugate

    def _related(self, root: Root, bits: int) -> AlgebraicNumber | None:
        """Return the best rational combination of the powers of a for a root, unverified."""
        own, target = self.root.enclosure(2 * bits), root.enclosure(2 * bits)
        with ctx.workprec(2 * bits):
            values = [acb(1)]
            for _ in range(self.degree - 1):
                values.append(values[-1] * own)
        rows = [
            [
                *(int(k == place) for place in range(self.degree + 1)),
                _scaled(value.real, bits),
                _scaled(value.imag, bits),
            ]
            for k, value in enumerate([*values, target])
        ]
        shortest = fmpz_mat(rows).lll()
        *coefficients, last = (int(shortest[0, k]) for k in range(self.degree + 1))
        return self.element(fmpq_poly([fmpq(-c, last) for c in coefficients])) if last else None


class AlgebraicNumber:
    """An element of a number field with its chosen embedding; arithmetic and equality are exact.

    Numbers of one field are added, multiplied and divided, also with rational numbers (int,
    Fraction, fmpq, sympy's Rational). Real numbers are ordered. Numbers of different fields are
    only compared for equality. ``as_expr()`` gives sympy, and floats from there;
    `from_expression` leads back.

    Parameters
    ----------
    field : NumberField
    polynomial : fmpq_poly
        Of degree less than that of the field.

    Examples
    --------
    >>> i = NumberField(roots_of(fmpz_poly([1, 0, 1]))[0]).generator
    >>> i * i, i.is_real, (1 + i) * (1 - i) == 2, i.conjugate() == -i
    (<(-1)>, False, True, True)
    """

    __slots__ = ("field", "polynomial")

    def __init__(self, field: NumberField, polynomial: fmpq_poly) -> None:
        self.field, self.polynomial = field, polynomial

    def __repr__(self) -> str:
        return f"<{str(self.polynomial).replace('x', 'a')}>"

    def _with(self, other: Any) -> fmpq_poly | None:
        """Return another number of the field, or a rational one, as a polynomial."""
        if isinstance(other, AlgebraicNumber):
            return other.polynomial if other.field is self.field else None
        if isinstance(other, (int, Fraction, fmpq, fmpz, Rational)):
            return fmpq_poly([_rational(other)])
        return None

    def __add__(self, other: Any) -> AlgebraicNumber:
        poly = self._with(other)
        if poly is None:
            return NotImplemented
        return AlgebraicNumber(self.field, self.polynomial + poly)

    def __neg__(self) -> AlgebraicNumber:
        return AlgebraicNumber(self.field, -self.polynomial)

    def __sub__(self, other: Any) -> AlgebraicNumber:
        poly = self._with(other)
        if poly is None:
            return NotImplemented
        return AlgebraicNumber(self.field, self.polynomial - poly)

    def __rsub__(self, other: Any) -> AlgebraicNumber:
        difference: AlgebraicNumber = -self + other
        return difference

    def __mul__(self, other: Any) -> AlgebraicNumber:
        poly = self._with(other)
        if poly is None:
            return NotImplemented
        return self.field.element(self.polynomial * poly)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> AlgebraicNumber:
        poly = self._with(other)
        if poly is None:
            return NotImplemented
        if poly.degree() <= 0:
            return AlgebraicNumber(self.field, self.polynomial / poly[0])
        return self.field.element(self.polynomial * _inverse(poly, self.field.modulus))

    def __rtruediv__(self, other: Any) -> AlgebraicNumber:
        poly = self._with(other)
        if poly is None:
            return NotImplemented
        return AlgebraicNumber(self.field, poly) / self

    def __pow__(self, exponent: int) -> AlgebraicNumber:
        """Return a nonnegative power."""
        if exponent < 0:
            raise InputError(f"exponent = {exponent}; accepted: nonnegative integers")
        result = self.field.number(1)
        for _ in range(exponent):
            result = result * self
        return result

    def __eq__(self, other: object) -> bool:
        poly = self._with(other)
        if poly is not None:
            return bool(self.polynomial == poly)
        if not isinstance(other, AlgebraicNumber):
            return NotImplemented
        minimal = self.minimal_polynomial()
        if minimal != other.minimal_polynomial():
            return False
        roots = roots_of(minimal)
        return self.among(roots).index == other.among(roots).index

    def __hash__(self) -> int:
        if self.is_rational:
            return hash(self.as_fraction())
        return hash(tuple(map(int, self.minimal_polynomial().coeffs())))

    def __lt__(self, other: Any) -> bool:
        return bool((self - other).sign() < 0)

    def __gt__(self, other: Any) -> bool:
        return bool((self - other).sign() > 0)

    def __le__(self, other: Any) -> bool:
        return bool((self - other).sign() <= 0)

    def __ge__(self, other: Any) -> bool:
        return bool((self - other).sign() >= 0)

    def __bool__(self) -> bool:
        return not self.polynomial.is_zero()

    @property
    def is_rational(self) -> bool:
        """Whether the number is rational."""
        return bool(self.polynomial.degree() <= 0)

    @property
    def is_real(self) -> bool:
        """Whether the number equals its complex conjugate."""
        return self.is_rational or self == self.conjugate()

    def as_fraction(self) -> Fraction:
        """Return a rational number as a Fraction; InputError if it is irrational."""
        if not self.is_rational:
            raise InputError(f"{self!r} is irrational; accepted: a rational number")
        return Fraction(int(self.polynomial[0].p), int(self.polynomial[0].q))

    def conjugate(self) -> AlgebraicNumber:
        """Return the complex conjugate; InputError where the field is not known to hold it."""
        generator = self.field.conjugate_generator()
        return self if generator == self.field.generator else self.at(generator)

    def at(self, generator: AlgebraicNumber) -> AlgebraicNumber:
        """Return the number with another element in place of the generator of its field."""
        total = generator.field.number(0)
        for coefficient in reversed(self.polynomial.coeffs()):
            total = total * generator + coefficient
        return total

    def enclosure(self, bits: int) -> acb:
        """Return a ball that holds the number, computed with this many bits."""
        point = self.field.root.enclosure(bits)
        with ctx.workprec(bits):
            total = acb(0)
            for coefficient in reversed(self.polynomial.coeffs()):
                total = total * point + coefficient
        return total

    def sign(self) -> int:
        """Return -1, 0 or 1; InputError if the number is not real."""
        if not self:
            return 0
        if not self.is_real:
            raise InputError(f"{self!r} is not real; only real numbers have a sign")
        return self.sign_of_real_part()

    def sign_of_real_part(self) -> int:
        """Return the sign of the real part, which must not be zero."""
        bits = FIRST_BITS
        while True:
            real = self.enclosure(bits).real
            if real > 0 or real < 0:
                return 1 if real > 0 else -1
            bits *= 2

    def sign_of_imaginary_part(self) -> int:
        """Return the sign of the imaginary part, which must not be zero."""
        bits = FIRST_BITS
        while True:
            imaginary = self.enclosure(bits).imag
            if imaginary > 0 or imaginary < 0:
                return 1 if imaginary > 0 else -1
            bits *= 2

    def minimal_polynomial(self) -> fmpz_poly:
        """Return the primitive irreducible integer polynomial of the number, leading term > 0."""
        degree = self.field.degree
        rows, power = [], self.polynomial
        for _ in range(degree):
            rows.append([power[k] for k in range(degree)])
            power = (power * fmpq_poly([0, 1])) % self.field.modulus
        characteristic = fmpq_mat(rows).charpoly()
        return characteristic.numer().factor()[1][0][0]

    def value_of(self, polynomial: fmpz_poly) -> AlgebraicNumber:
        """Return the value of an integer polynomial at the number."""
        total = self.field.number(0)
        for coefficient in reversed(polynomial.coeffs()):
            total = total * self + coefficient
        return total

    def among(self, roots: Sequence[Root]) -> Root:
        """Return the one of the roots of its minimal polynomial that the number is."""
        return meeting(roots, self.enclosure)

    def as_expr(self) -> Any:
        """Return the number as a sympy expression: rational, radical, cosines, or CRootOf."""
        from .rendering import expression

        return expression(self)


def _scaled(value: arb, bits: int) -> int:
    """Return the integer part of 2^bits times the midpoint of a ball."""
    mantissa, exponent = map(int, value.mid().man_exp())
    shift = exponent + bits
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def _rational(value: int | Fraction | fmpq | fmpz | Rational) -> fmpq:
    """Return a rational number of any accepted type as fmpq."""
    if isinstance(value, (Fraction, Rational)):
        return fmpq(int(value.numerator), int(value.denominator))
    return fmpq(value)


def _inverse(polynomial: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    """Return the inverse modulo an irreducible polynomial."""
    one, inverse, _ = polynomial.xgcd(modulus)
    return inverse / one[0]
